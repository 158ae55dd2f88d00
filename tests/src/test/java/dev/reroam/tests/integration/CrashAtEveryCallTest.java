package dev.reroam.tests.integration;

import dev.reroam.tests.integration.CrashSite.Climb;
import dev.reroam.tests.lab.Plan;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} at every system call of a repair, as {@link CrashTest} does at some. Six labs at a time take all that the machine
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
    private static final int MOST_CLIMBS = 48;

    @ParameterizedTest(name = "keepalive {0}, old uplink dies: {1}")
    @CsvSource({"25, true", "0, true", "25, false", "0, false"})
    void leavesNothingBehindAtEveryCallOfARefresh(int keepalive, boolean dies) throws Exception {
        CrashTest.sweep(
                Plan.standard().withKeepalive(keepalive),
                dies,
                (site, call) -> site.duringRefresh(call, false),
                LANES,
                EVERY);
    }

    // The JVM makes hundreds of calls more while it loads and compiles: a sample of them.
    @Test
    void leavesNothingBehindInTheFirstIncident() throws Exception {
        CrashTest.sweep(Plan.standard(), true, (site, call) -> site.duringRefresh(call, true), LANES, 60);
    }

    // Each climb takes a quarter of a minute; what is beyond the limit is sampled.
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
    void leavesNothingBehindAtEveryCallOfAClimb(String thread, Climb climb) throws Exception {
        CrashTest.sweep(
                Plan.standard(), false, (site, call) -> site.whileClimbing(thread, climb, call), LANES, MOST_CLIMBS);
    }
}
