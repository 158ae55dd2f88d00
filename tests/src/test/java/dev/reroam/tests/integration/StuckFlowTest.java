package dev.reroam.tests.integration;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.WireGuardKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Entries of connection tracking that a tunnel's own retries keep alive, with wireguard-go. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(120)
class StuckFlowTest {

    @Test
    void entryOfADeadUplinkHoldsTheTunnelUntilItIsForgotten() throws Exception {
        StuckFlows.boundToADeadUplink(WireGuardKind.USERSPACE);
    }

    @Test
    void rewrittenPortHoldsTheTunnelUntilItIsForgotten() throws Exception {
        StuckFlows.rewrittenPort(WireGuardKind.USERSPACE);
    }

    @ParameterizedTest
    @EnumSource
    void healthyTunnelAndItsLookAlikesAreLeftAlone(IpFamily outer) throws Exception {
        StuckFlows.healthy(WireGuardKind.USERSPACE, outer);
    }
}
