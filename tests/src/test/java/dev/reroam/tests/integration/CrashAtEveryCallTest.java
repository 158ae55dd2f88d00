package dev.reroam.tests.integration;

import dev.reroam.tests.integration.CrashSite.Climb;
import dev.reroam.tests.lab.Plan;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} at the system calls of repairs that change something, all or most of them, as {@link CrashTest} does at some. Six labs at a time take all that the machine
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
    private static final int MORE = 32;

    // A crash takes five seconds of a processor: where the same calls are made, and only what follows is another, a
    // sample.
    @ParameterizedTest(name = "keepalive {0}, old uplink dies: {1}, at most {2}")
    @CsvSource({"25, true, " + EVERY, "0, false, " + SOME, "0, true, " + SOME, "25, false, " + SOME})
    void leavesNothingBehindAtACallOfARefresh(int keepalive, boolean dies, int most) throws Exception {
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

    // The slow lane writes the ledger.
    @ParameterizedTest(name = "{1} of the {0} thread, at most {2}")
    @CsvSource({
        "agent, REBIND, " + MORE,
        "agent, NEW_PORT, " + MORE,
        "agent, RESTORE, " + MORE,
        "agent, KEEP, " + MORE,
        "slow-lane, NEW_PORT, " + EVERY,
        "slow-lane, RESTORE, " + EVERY,
        "slow-lane, KEEP, " + EVERY
    })
    void leavesNothingBehindAtACallOfAClimb(String thread, Climb climb, int most) throws Exception {
        CrashTest.sweep(Plan.standard(), false, (site, call) -> site.whileClimbing(thread, climb, call), LANES, most);
    }
}
