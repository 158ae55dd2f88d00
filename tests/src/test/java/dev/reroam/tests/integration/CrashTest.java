package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.integration.CrashSite.Blow;
import dev.reroam.tests.integration.CrashSite.Climb;
import dev.reroam.tests.lab.KillAtCall.Call;
import dev.reroam.tests.lab.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** Kills an agent at a call of one kind of repair. */
    private interface Murder {
        Blow at(CrashSite site, Optional<Call> call);
    }

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
    @CsvSource({"agent, REBIND", "agent, NEW_PORT", "agent, RESTORE", "slow-lane, NEW_PORT", "slow-lane, RESTORE"})
    void leavesNothingBehindAtEveryCallOfAClimb(String thread, Climb climb) throws Exception {
        sweep(Plan.standard(), false, (site, call) -> site.whileClimbing(thread, climb, call), LANES, MOST_CLIMBS);
    }

    private static void sweep(Plan plan, boolean oldUplinkDies, Murder murder, int lanes, int most) throws Exception {
        var calls = new ConcurrentLinkedQueue<Call>();
        var killed = new AtomicInteger();
        var counted = new AtomicInteger();
        var executor = Executors.newFixedThreadPool(lanes);
        try {
            var first = new CrashSite(plan, oldUplinkDies);
            var all = murder.at(first, Optional.empty()).calls();
            calls.addAll(sample(all, most));
            counted.set(calls.size());
            var running = new ArrayList<Future<?>>();
            running.add(executor.submit(() -> strike(first, murder, calls, killed)));
            for (int i = 1; i < lanes; i++) {
                running.add(executor.submit(() -> strike(new CrashSite(plan, oldUplinkDies), murder, calls, killed)));
            }
            for (var lane : running) {
                lane.get();
            }
            System.out.println("killed at " + killed + " of " + counted + " calls; a whole repair makes " + all.size());
        } finally {
            calls.clear();
            executor.shutdownNow();
        }
        // No two repairs make quite the same calls: the last of a kind may not come.
        assertTrue(killed.get() * 3 > counted.get(), () -> "killed at only " + killed + " of " + counted + " calls");
    }

    private static void strike(CrashSite site, Murder murder, Queue<Call> calls, AtomicInteger killed) {
        try (site) {
            for (var call = calls.poll(); call != null; call = calls.poll()) {
                if (murder.at(site, Optional.of(call)).killed()) {
                    killed.incrementAndGet();
                }
            }
        }
    }

    /** Some of the calls, spread over the range. */
    private static List<Call> sample(List<Call> calls, int most) {
        if (calls.size() <= most) {
            return calls;
        }
        long seed = Long.getLong("seed", Clock.system().realtimeNanos());
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        var some = new ArrayList<Call>();
        for (int i = 0; i < most; i++) {
            int from = calls.size() * i / most;
            int to = calls.size() * (i + 1) / most;
            some.add(calls.get(random.nextInt(from, to)));
        }
        System.out.println("at " + some);
        return some;
    }
}
