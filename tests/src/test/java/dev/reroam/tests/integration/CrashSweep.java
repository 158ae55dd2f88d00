package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.integration.CrashSite.Blow;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.KillAtCall.Call;
import dev.reroam.tests.lab.Plan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A repair made again and again, and the agent killed at another of its calls each time: at those that {@linkplain
 * Call#changesSomething() change something}, for a crash at any other leaves what one at the next of them does.
 *
 * @param lanes how many sites do so at once
 * @param most how many calls; of more, a sample that is spread over all of them ({@code -Dseed=})
 * @param enough whether time is up: no further call is tried then, but for the first {@value #LEAST}
 */
record CrashSweep(
        Plan plan,
        boolean oldUplinkDies,
        AgentRemedy agent,
        Murder murder,
        int lanes,
        int most,
        BooleanSupplier enough) {

    /** So many are tried however long it takes: fewer would show nothing. */
    private static final int LEAST = 4;

    private static final int AIMS = 3;

    private static final BooleanSupplier UNLIMITED = () -> false;

    CrashSweep(Plan plan, boolean oldUplinkDies, AgentRemedy agent, Murder murder, int lanes, int most) {
        this(plan, oldUplinkDies, agent, murder, lanes, most, UNLIMITED);
    }

    /** Kills an agent at a call of one kind of repair. */
    interface Murder {
        Blow at(CrashSite site, Optional<Call> call);
    }

    /**
     * What came of it; nothing was left behind anywhere.
     *
     * @param killed how often the call came
     * @param tried at how many calls
     * @param all how many calls of a whole repair change something
     */
    record Outcome(int killed, int tried, int all) {

        /**
         * Fails where too few of the calls came: no two repairs make quite the same, and the last of a kind may not come.
         *
         * @param percent so many of those tried must have come
         */
        void check(int percent) {
            assertTrue(tried > 0 && killed >= tried * percent / 100, this::toString);
        }

        @Override
        public String toString() {
            return "killed at " + killed + " of " + tried + " calls; of a whole repair " + all + " change something";
        }
    }

    /** Blocks until all is done; fails where a crash left something. */
    Outcome run() throws Exception {
        var calls = new ConcurrentLinkedQueue<Aim>();
        var killed = new AtomicInteger();
        var tried = new AtomicInteger();
        var executor = Executors.newFixedThreadPool(lanes);
        try {
            var first = site();
            var all = record(first);
            calls.addAll(spread(sample(aims(all), most)));
            var running = new ArrayList<Future<?>>();
            running.add(executor.submit(() -> strike(first, calls, tried, killed)));
            for (int i = 1; i < lanes; i++) {
                running.add(executor.submit(() -> strike(site(), calls, tried, killed)));
            }
            for (var lane : running) {
                lane.get();
            }
            return new Outcome(killed.get(), tried.get(), all.size());
        } finally {
            calls.clear();
            executor.shutdownNow();
        }
    }

    /** The calls of a whole repair that change something; where there is time for a second one, those that came both times. */
    private List<Call> record(CrashSite site) {
        var calls = changing(murder.at(site, Optional.empty()).calls());
        if (timed()) {
            return calls;
        }
        var again = Set.copyOf(murder.at(site, Optional.empty()).calls());
        return calls.stream().filter(again::contains).toList();
    }

    private boolean timed() {
        return enough != UNLIMITED;
    }

    private CrashSite site() {
        return new CrashSite(plan, oldUplinkDies, agent);
    }

    private void strike(CrashSite site, Queue<Aim> calls, AtomicInteger tried, AtomicInteger killed) {
        try (site) {
            for (var aim = calls.poll(); aim != null; aim = calls.poll()) {
                if (tried.incrementAndGet() > LEAST && enough.getAsBoolean()) {
                    tried.decrementAndGet();
                    return;
                }
                if (strike(site, aim)) {
                    killed.incrementAndGet();
                }
            }
        }
    }

    /** Whether it was killed: one repair is shorter than another, so where the call does not come, the next aim is at one that did. */
    private boolean strike(CrashSite site, Aim first) {
        var aim = first;
        for (int i = 0; i < AIMS; i++) {
            var blow = murder.at(site, Optional.of(aim.call()));
            System.out.println(aim + (blow.killed() ? " killed" : " did not come"));
            if (blow.killed()) {
                return true;
            }
            aim = aim.among(changing(blow.calls()));
        }
        return false;
    }

    private static List<Call> changing(List<Call> calls) {
        return calls.stream().filter(Call::changesSomething).toList();
    }

    /**
     * Where a repair is struck.
     *
     * @param of how many calls it has
     * @param place which of them this is; the first is 0
     */
    private record Aim(Call call, int place, int of) {

        /** The call that is as far on in another repair. */
        Aim among(List<Call> calls) {
            if (calls.isEmpty()) {
                return this;
            }
            int there = place * calls.size() / of;
            return new Aim(calls.get(there), there, calls.size());
        }

        @Override
        public String toString() {
            return call + ", " + (place + 1) + " of " + of;
        }
    }

    private static List<Aim> aims(List<Call> calls) {
        return IntStream.range(0, calls.size())
                .mapToObj(place -> new Aim(calls.get(place), place, calls.size()))
                .toList();
    }

    /** Some of them, spread over the range. */
    private static List<Aim> sample(List<Aim> calls, int most) {
        if (calls.size() <= most) {
            return calls;
        }
        long seed = Long.getLong("seed", Clock.system().realtimeNanos());
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        var some = new ArrayList<Aim>();
        for (int i = 0; i < most; i++) {
            int from = calls.size() * i / most;
            int to = calls.size() * (i + 1) / most;
            some.add(calls.get(random.nextInt(from, to)));
        }
        System.out.println("at " + some);
        return some;
    }

    /** The same in an order of which each beginning is spread over all: by the bits of their numbers, the last first. */
    private static List<Aim> spread(List<Aim> calls) {
        return IntStream.range(0, calls.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> Integer.reverse(i) >>> 1))
                .map(calls::get)
                .toList();
    }
}
