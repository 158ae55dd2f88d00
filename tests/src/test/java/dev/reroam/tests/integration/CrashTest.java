package dev.reroam.tests.integration;

import dev.reroam.tests.integration.CrashSite.Climb;
import dev.reroam.tests.integration.CrashSweep.Murder;
import dev.reroam.tests.lab.Plan;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * {@code kill -9} at some system calls of a repair: after the next start port, keepalive, peers and endpoints are as before,
 * and the tunnel carries. On wireguard-go. {@link CrashAtEveryCallTest} tries them all.
 */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.LONG)
class CrashTest {

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

    static void sweep(Plan plan, boolean oldUplinkDies, Murder murder, int lanes, int most) throws Exception {
        var outcome =
                new CrashSweep(plan, oldUplinkDies, ShippedFlags.agent(), murder, what -> true, lanes, most).run();
        System.out.println(outcome);
        outcome.check(COME);
    }
}
