package dev.reroam.tests.bench;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * From the request that replaces the default route to the tunnel's first packet on the new uplink. Nothing goes through the
 * tunnel meanwhile but what the agent sends.
 *
 * <p>The brain holds the third change of a path within 10 s, so each network changes only every 11 s; many networks take
 * turns, so that no two change at the same moment.
 */
final class Reaction implements Bench {

    private static final int STARTS = 20;
    private static final int LATER_CHANGES = 10;
    private static final Duration BETWEEN_CHANGES = Duration.ofSeconds(11);
    // Less, and the rest of one network's repair falls into the next one's measurement.
    private static final Duration STAGGER_LEAST = Duration.ofMillis(300);
    // What an agent does right after its start is no part of its reaction.
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final int MONITORED_EVERY = 4;
    private static final double MEDIAN_MS = 1;
    private static final double P99_MS = 5;
    private static final double FIRST_TIMES_LATER = 3;

    @Override
    public String name() {
        return "reaction";
    }

    @Override
    public String about() {
        return "from the request that replaces the default route to the tunnel's first packet on the new uplink, no inner"
                + " traffic";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        int starts = options.samples().orElse(STARTS);
        int atOnce = Math.min(starts, options.parallel().orElse(STARTS));
        var samples = new Samples();
        for (int done = 0; done < starts; done += atOnce) {
            wave(Math.min(atOnce, starts - done), samples, progress);
            progress.accept((done + atOnce) + " of " + starts + " starts done");
        }
        return samples.result();
    }

    private static void wave(int networks, Samples samples, Consumer<String> progress) {
        var agent = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
        var subjects = new ArrayList<ReactionSubject>();
        try {
            for (int i = 0; i < networks; i++) {
                subjects.add(ReactionSubject.start(agent, i % MONITORED_EVERY == 0));
            }
            progress.accept(networks + " agents run");
            Pause.of(SETTLE);
            var clock = Clock.system();
            var stagger = Duration.ofNanos(Math.max(STAGGER_LEAST.toNanos(), BETWEEN_CHANGES.toNanos() / networks));
            for (int round = 0; round <= LATER_CHANGES; round++) {
                long began = clock.monotonicNanos();
                for (int i = 0; i < networks; i++) {
                    waitUntil(clock, began + stagger.toNanos() * i);
                    samples.add(round == 0, subjects.get(i).change(clock));
                }
                if (round < LATER_CHANGES) {
                    waitUntil(clock, began + Math.max(BETWEEN_CHANGES.toNanos(), stagger.toNanos() * networks));
                }
            }
        } finally {
            subjects.forEach(ReactionSubject::close);
        }
    }

    private static void waitUntil(Clock clock, long monotonicNanos) {
        long left = monotonicNanos - clock.monotonicNanos();
        if (left > 0) {
            Pause.of(Duration.ofNanos(left));
        }
    }

    /** What was measured so far, milliseconds. */
    private static final class Samples {

        private final List<Double> first = new ArrayList<>();
        private final List<Double> later = new ArrayList<>();
        private final List<Double> monitor = new ArrayList<>();
        private int dropped;
        private int missing;

        void add(boolean firstOne, ReactionSubject.Sample sample) {
            if (!sample.clockSteady()) {
                dropped++;
                return;
            }
            sample.printedAfter().ifPresent(after -> monitor.add(after / 1e6));
            if (sample.sentAfter().isEmpty()) {
                missing++;
            }
            (firstOne ? first : later)
                    .add(
                            sample.sentAfter().isPresent()
                                    ? sample.sentAfter().getAsLong() / 1e6
                                    : Double.POSITIVE_INFINITY);
        }

        Result result() {
            var firstSpread = Spread.of(first);
            var laterSpread = Spread.of(later);
            var all = new ArrayList<>(first);
            all.addAll(later);
            var allSpread = Spread.of(all);
            var figures = List.of(
                    new Figure(
                            "every change",
                            "ms",
                            allSpread,
                            List.of(Target.median(allSpread, MEDIAN_MS), Target.p99(allSpread, P99_MS))),
                    new Figure(
                            "the first incident after a start",
                            "ms",
                            firstSpread,
                            List.of(Target.median(firstSpread, laterSpread.median() * FIRST_TIMES_LATER))),
                    Figure.shown("the later ones", "ms", laterSpread),
                    Figure.shown("ip -ts monitor route printed it", "ms", Spread.of(monitor)));
            var remarks = new ArrayList<String>();
            if (dropped > 0) {
                remarks.add(dropped + " samples dropped: CLOCK_REALTIME was moved meanwhile");
            }
            if (missing > 0) {
                remarks.add(missing + " changes without a packet within " + ReactionSubject.LIMIT.toSeconds()
                        + " s, counted as never");
            }
            return new Result(figures, remarks);
        }
    }
}
