package dev.reroam.tests.integration;

import dev.reroam.tests.integration.CrashSite.Climb;
import dev.reroam.tests.lab.Plan;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} at every system call of a refresh, and at many of what else is done, as {@link CrashTest} does at some. Six labs at a time take all that the machine
 * has: what must answer within seconds does not run beside them.
 */
@Tag("bed1")
@Tag("slow")
@ResourceLock(Lanes.PATIENT)
@ResourceLock(Lanes.LONG)
@ResourceLock(Lanes.NATS)
class CrashAtEveryCallTest {

    private static final int LANES = 6;
    private static final int EVERY = Integer.MAX_VALUE;
    private static final int SOME = 24;

    @Test
    void leavesNothingBehindAtEveryCallOfARefresh() throws Exception {
        sweepRefresh(25, true, EVERY);
    }

    // A crash takes five seconds of a processor: where the same calls do nearly the same, a sample of them.
    @ParameterizedTest(name = "keepalive {0}, old uplink dies: {1}")
    @CsvSource({"0, true", "25, false", "0, false"})
    void leavesNothingBehindAtSomeCallsOfAnotherRefresh(int keepalive, boolean dies) throws Exception {
        sweepRefresh(keepalive, dies, SOME);
    }

    private static void sweepRefresh(int keepalive, boolean dies, int most) throws Exception {
        CrashTest.sweep(
                Plan.standard().withKeepalive(keepalive),
                dies,
                (site, call) -> site.duringRefresh(call, false),
                LANES,
                most);
    }

    // The JVM makes hundreds of calls more while it loads and compiles.
    @Test
    void leavesNothingBehindInTheFirstIncident() throws Exception {
        CrashTest.sweep(Plan.standard(), true, (site, call) -> site.duringRefresh(call, true), LANES, SOME);
    }

    @ParameterizedTest(name = "{1} of the {0} thread")
    @CsvSource({
        "agent, REBIND",
        "agent, NEW_PORT",
        "agent, RESTORE",
        "agent, KEEP",
        "slow-lane, NEW_PORT",
        "slow-lane, RESTORE",
        "slow-lane, KEEP"
    })
    void leavesNothingBehindAtSomeCallsOfAClimb(String thread, Climb climb) throws Exception {
        CrashTest.sweep(Plan.standard(), false, (site, call) -> site.whileClimbing(thread, climb, call), LANES, SOME);
    }
}
