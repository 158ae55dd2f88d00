package dev.reroam.tests.integration;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.QuietRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What carries, or is merely quiet, is left as it is. On wireguard-go. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.LONG)
class UntouchedTest {

    @ParameterizedTest(name = "{0}, IPv4")
    @EnumSource
    void isLeftAsItIs(QuietRun run) {
        leftAsItIs(run, IpFamily.V4);
    }

    @ParameterizedTest(name = "{0}, IPv6")
    @CsvSource("ONLY_SUBNETS")
    void isLeftAsItIsOverTheOtherFamily(QuietRun run) {
        leftAsItIs(run, IpFamily.V6);
    }

    @Tag("slow")
    @ParameterizedTest(name = "{0}, IPv6")
    @CsvSource({"KEEPALIVE_0", "KEEPALIVE_25", "OTHER_THINGS", "HUB"})
    void isLeftAsItIsInEveryRunOverTheOtherFamily(QuietRun run) {
        leftAsItIs(run, IpFamily.V6);
    }

    private static void leftAsItIs(QuietRun run, IpFamily outer) {
        var agent = AgentRemedy.find(ShippedFlags.text()).orElseThrow();
        UntouchedVerdict.judge(run, run.on(Plan.standard().withOuter(outer), agent));
    }
}
