package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.integration.CrashSite.Blow;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.SystemCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/**
 * A repair made again and again, and the agent killed at another of its calls each time, until it was at every one that has an
 * {@linkplain SystemCall#effect() effect}: a crash at any other leaves what one at the next of them does.
 *
 * @param lanes how many sites do so at once
 * @param where at which effects, by what they do
 * @param most at how many calls; of more, a sample that is spread over all of them ({@code -Dseed=})
 */
record CrashSweep(
        Plan plan,
        boolean oldUplinkDies,
        AgentRemedy agent,
        Murder murder,
        Predicate<String> where,
        int lanes,
        int most) {

    /** One repair is shorter than another. */
    private static final int AIMS = 3;

    /** Kills an agent at a call of one kind of repair. */
    interface Murder {
        Blow at(CrashSite site, Optional<SystemCall> call);
    }

    /**
     * What came of it; nothing was left behind anywhere.
     *
     * @param tried at how many calls
     * @param missed those at which it was not killed: the last of a kind does not come each time
     * @param all how many calls of a whole repair have an effect
     */
    record Outcome(int tried, List<SystemCall> missed, int all) {

        /** Fails where too few of the calls were struck. */
        void check(int percent) {
            int struck = tried - missed.size();
            assertTrue(struck > 0 && 100 * struck >= percent * tried, this::toString);
        }

        @Override
        public String toString() {
            return "killed at " + (tried - missed.size()) + " of " + tried + " calls; of a whole repair " + all
                    + " change something" + (missed.isEmpty() ? "" : "; never came: " + missed);
        }
    }

    /** Blocks until all is done; fails where a crash left something. */
    Outcome run() throws Exception {
        var executor = Executors.newFixedThreadPool(lanes);
        var wanted = new ConcurrentLinkedQueue<SystemCall>();
        try {
            var first = site();
            var whole = changing(murder.at(first, Optional.empty()));
            var again = changing(murder.at(first, Optional.empty()));
            var all = whole.stream().filter(again::contains).toList();
            wanted.addAll(sample(all, most));
            var missed = new ConcurrentLinkedQueue<SystemCall>();
            int tried = wanted.size();
            var running = new ArrayList<Future<?>>();
            running.add(executor.submit(() -> strike(first, wanted, missed)));
            for (int i = 1; i < lanes; i++) {
                running.add(executor.submit(() -> strike(site(), wanted, missed)));
            }
            for (var lane : running) {
                lane.get();
            }
            return new Outcome(tried, List.copyOf(missed), all.size());
        } finally {
            wanted.clear();
            executor.shutdownNow();
        }
    }

    private CrashSite site() {
        return new CrashSite(plan, oldUplinkDies, agent);
    }

    private void strike(CrashSite site, Queue<SystemCall> wanted, Queue<SystemCall> missed) {
        try (site) {
            for (var call = wanted.poll(); call != null; call = wanted.poll()) {
                if (!strike(site, call)) {
                    missed.add(call);
                }
            }
        }
    }

    private boolean strike(CrashSite site, SystemCall call) {
        for (int i = 0; i < AIMS; i++) {
            var blow = murder.at(site, Optional.of(call));
            boolean there = blow.killed() && blow.calls().getLast().effect().equals(call.effect());
            System.out.println(call + (there ? " killed" : blow.killed() ? " killed later" : " did not come"));
            if (there) {
                return true;
            }
        }
        return false;
    }

    private List<SystemCall> changing(Blow blow) {
        return blow.calls().stream()
                .filter(call -> call.effect()
                        .filter(effect -> where.test(effect.what()))
                        .isPresent())
                .toList();
    }

    /** Some of them, spread over the range. */
    private static List<SystemCall> sample(List<SystemCall> calls, int most) {
        if (calls.size() <= most) {
            return calls;
        }
        long seed = Long.getLong("seed", Clock.system().realtimeNanos());
        var random = new SplittableRandom(seed);
        var some = new ArrayList<SystemCall>();
        for (int i = 0; i < most; i++) {
            int from = calls.size() * i / most;
            int to = calls.size() * (i + 1) / most;
            some.add(calls.get(random.nextInt(from, to)));
        }
        System.out.println("seed " + seed + ": at " + some + " of " + calls);
        return some;
    }
}
