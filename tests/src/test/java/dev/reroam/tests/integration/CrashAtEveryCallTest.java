package dev.reroam.tests.integration;

import dev.reroam.tests.integration.CrashSite.Climb;
import dev.reroam.tests.lab.Plan;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} at every system call of a repair that changes something, as {@link CrashTest} does at some. Six labs at a
 * time take all that the machine has: what must answer within seconds does not run beside them.
 */
@Tag("bed1")
@Tag("slow")
@ResourceLock(Lanes.PATIENT)
@ResourceLock(Lanes.LONG)
@ResourceLock(Lanes.NATS)
class CrashAtEveryCallTest {

    private static final int LANES = 6;
    private static final int EVERY = Integer.MAX_VALUE;

    @ParameterizedTest(name = "keepalive {0}, old uplink dies: {1}")
    @CsvSource({"25, true", "0, false", "0, true", "25, false"})
    void leavesNothingBehindAtACallOfARefresh(int keepalive, boolean dies) throws Exception {
        CrashTest.sweep(
                Plan.standard().withKeepalive(keepalive),
                dies,
                (site, call) -> site.duringRefresh(call, false),
                LANES,
                EVERY);
    }

    // The JVM loads and compiles meanwhile.
    @Test
    void leavesNothingBehindInTheFirstIncident() throws Exception {
        CrashTest.sweep(Plan.standard(), true, (site, call) -> site.duringRefresh(call, true), LANES, EVERY);
    }

    // The slow lane writes the ledger.
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
    void leavesNothingBehindAtACallOfAClimb(String thread, Climb climb) throws Exception {
        CrashTest.sweep(Plan.standard(), false, (site, call) -> site.whileClimbing(thread, climb, call), LANES, EVERY);
    }
}
