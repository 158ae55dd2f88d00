package dev.reroam.tests.integration;

import dev.reroam.tests.integration.CrashSite.Climb;
import dev.reroam.tests.integration.CrashSweep.Murder;
import dev.reroam.tests.lab.Plan;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} at every system call of a repair: after the next start port, keepalive, peers and endpoints are as before,
 * and the tunnel carries. On wireguard-go.
 */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
class CrashTest {

    private static final int LANES = 6;
    private static final int EVERY = Integer.MAX_VALUE;
    private static final int MOST_CLIMBS = 90;
    /** In percent of those that came in two repairs before. */
    private static final int COME = 80;

    @Test
    void leavesNothingBehindWhereverARefreshDies() throws Exception {
        sweep(Plan.standard(), true, (site, call) -> site.duringRefresh(call, false), 1, 6);
    }

    @Test
    void leavesNothingBehindWhereverANewPortDies() throws Exception {
        sweep(
                Plan.standard(),
                false,
                (site, call) -> site.whileClimbing(CrashSite.SLOW_LANE, Climb.NEW_PORT, call),
                2,
                4);
    }

    @Tag("slow")
    @ParameterizedTest(name = "keepalive {0}, old uplink dies: {1}")
    @CsvSource({"25, true", "0, true", "25, false", "0, false"})
    void leavesNothingBehindAtEveryCallOfARefresh(int keepalive, boolean dies) throws Exception {
        sweep(
                Plan.standard().withKeepalive(keepalive),
                dies,
                (site, call) -> site.duringRefresh(call, false),
                LANES,
                EVERY);
    }

    // The JVM makes hundreds of calls more while it loads and compiles: a sample of them.
    @Tag("slow")
    @Test
    void leavesNothingBehindInTheFirstIncident() throws Exception {
        sweep(Plan.standard(), true, (site, call) -> site.duringRefresh(call, true), LANES, 60);
    }

    // Each climb takes a quarter of a minute; what is beyond the limit is sampled.
    @Tag("slow")
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
        sweep(Plan.standard(), false, (site, call) -> site.whileClimbing(thread, climb, call), LANES, MOST_CLIMBS);
    }

    private static void sweep(Plan plan, boolean oldUplinkDies, Murder murder, int lanes, int most) throws Exception {
        var outcome = new CrashSweep(plan, oldUplinkDies, ShippedFlags.agent(), murder, lanes, most).run();
        System.out.println(outcome);
        outcome.check(COME);
    }
}
