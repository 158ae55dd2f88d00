package dev.reroam.tests.bench;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.RouteFlood;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A table of 100,000 routes that comes and goes while a tunnel is up: are our answers the kernel's, does a failover in the
 * middle heal, what does an announcement cost, and does the heap hold?
 */
final class Flood implements Bench {

    private static final int ROUTES = 100_000;
    private static final int SMALL_TABLE = 1_000;
    private static final int BATCH = 10_000;
    private static final int BATCHES = 5;
    private static final int QUESTIONS = 1_000;
    private static final int FAILOVERS = 20;
    // The brain holds the third change of a path within 10 s.
    private static final Duration BETWEEN_FAILOVERS = Duration.ofSeconds(11);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    // Three times what an outage may be without a flood.
    private static final double MEDIAN_MS = 180;
    private static final double WORST_MS = 450;
    private static final double COST_TIMES = 1.5;
    private static final int MIB = 1 << 20;

    @Override
    public String name() {
        return "flood";
    }

    @Override
    public String about() {
        return "100,000 routes added and removed while a tunnel is up: answers, a failover in the middle, cost, memory";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        var agent = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
        long seed = Long.getLong("seed", Clock.system().realtimeNanos());
        progress.accept("seed " + seed);
        try (var subject = FloodSubject.start(agent)) {
            return new Run(subject, seed, progress, options.samples().orElse(FAILOVERS)).measure();
        }
    }

    /** One measurement, step by step. */
    private static final class Run {

        private final FloodSubject subject;
        private final long seed;
        private final Consumer<String> progress;
        private final int failovers;
        private final List<Figure> figures = new ArrayList<>();
        private final List<String> remarks = new ArrayList<>();

        Run(FloodSubject subject, long seed, Consumer<String> progress, int failovers) {
            this.subject = subject;
            this.seed = seed;
            this.progress = progress;
            this.failovers = failovers;
        }

        Result measure() {
            Pause.of(SETTLE);
            var atRest = ProcessUse.Memory.of(subject.process());
            var everything = RouteFlood.of(ROUTES + BATCH, seed);
            var flood = everything.part(0, ROUTES);
            var filling = costs(flood, everything.part(ROUTES, ROUTES + BATCH));
            fail(flood, filling);
            memory(atRest);
            return new Result(figures, remarks);
        }

        /** Leaves the table full; returns how long it took to fill it. */
        private Duration costs(RouteFlood flood, RouteFlood batch) {
            var net = subject.net();
            var changes = List.of(batch.adding(net), batch.removing(net));
            subject.batch(flood.part(0, SMALL_TABLE).adding(net));
            // What was never run before is compiled first.
            subject.cpuNanos(changes);
            var small = cost(changes);
            var filling = subject.batch(flood.part(SMALL_TABLE, ROUTES).adding(net));
            progress.accept("100,000 routes added in " + filling.toMillis() + " ms");
            ask(flood);
            var large = cost(changes);
            figures.add(Figure.shown("an announcement costs, 1,000 other routes", "us of CPU", small));
            figures.add(Figure.shown("an announcement costs, 100,000 other routes", "us of CPU", large));
            var ratio = Spread.of(List.of(large.median() / small.median()));
            figures.add(
                    new Figure("the second over the first", "times", ratio, List.of(Target.median(ratio, COST_TIMES))));
            return filling;
        }

        private Spread cost(List<java.nio.file.Path> changes) {
            var each = new ArrayList<Double>();
            for (int i = 0; i < BATCHES; i++) {
                each.add(subject.cpuNanos(changes) / 1e3 / (2 * BATCH));
            }
            return Spread.of(each);
        }

        private void ask(RouteFlood flood) {
            var outcome = Questions.ask(subject.router(), flood, QUESTIONS, seed);
            var different = Spread.of(List.of((double) outcome.differences().size()));
            figures.add(new Figure(
                    "of " + outcome.asked() + " answers differ from ip route get",
                    "answers",
                    different,
                    List.of(Target.worst(different, 0))));
            figures.add(Figure.shown(
                    "a question, asked for the first time, takes",
                    "us",
                    Spread.of(List.of(outcome.nanosEach() / 1e3))));
            remarks.add(outcome.nowhere() + " of the questions had no way, for both");
            outcome.differences().stream().limit(5).forEach(remarks::add);
            progress.accept(outcome.differences().size() + " of " + outcome.asked() + " answers differ");
        }

        private void fail(RouteFlood flood, Duration filling) {
            var net = subject.net();
            var adding = flood.adding(net);
            var removing = flood.removing(net);
            var healed = new ArrayList<Double>();
            var holes = new ArrayList<Double>();
            int over = 0;
            for (int i = 0; i < failovers; i++) {
                Pause.of(BETWEEN_FAILOVERS);
                var failover = subject.failOver(i % 2 == 0 ? removing : adding, filling.dividedBy(3));
                healed.add(failover.outage()
                        .healedAfter()
                        .map(after -> after.toNanos() / 1e6)
                        .orElse(Double.POSITIVE_INFINITY));
                holes.add(failover.outage().hole().toNanos() / 1e6);
                over += failover.flooding() ? 0 : 1;
                progress.accept(
                        String.format(Locale.ROOT, "failover %d of %d: %.0f ms", i + 1, failovers, healed.get(i)));
            }
            var spread = Spread.of(healed);
            figures.add(new Figure(
                    "failover in the middle, until it carries",
                    "ms",
                    spread,
                    List.of(Target.median(spread, MEDIAN_MS), Target.worst(spread, WORST_MS))));
            figures.add(Figure.shown("the whole hole", "ms", Spread.of(holes)));
            if (over > 0) {
                remarks.add("in " + over + " failovers the routes were all changed before the tunnel was back");
            }
        }

        private void memory(ProcessUse.Memory atRest) {
            var memory = ProcessUse.Memory.of(subject.process());
            var heap = subject.heap();
            figures.add(Figure.shown("resident before the first route", "MiB", mebibytes(atRest.resident())));
            figures.add(Figure.shown("resident, at most", "MiB", mebibytes(memory.peakResident())));
            figures.add(Figure.shown("heap in use, at most", "MiB", Spread.of(List.of(heap.mostUsed()))));
            figures.add(Figure.shown("heap kept by a collection, at most", "MiB", Spread.of(List.of(heap.mostKept()))));
            figures.add(Figure.shown("heap taken, at most (-Xmx24m)", "MiB", Spread.of(List.of(heap.largest()))));
            boolean lives = subject.alive() && !subject.log().contains("OutOfMemoryError");
            var dead = Spread.of(List.of(lives ? 0.0 : 1.0));
            figures.add(new Figure(
                    "agents that died or ran out of memory", "agents", dead, List.of(Target.worst(dead, 0))));
            remarks.add(heap.collections() + " collections; announcements that the agent lost and read again: "
                    + subject.drops());
        }

        private static Spread mebibytes(long bytes) {
            return Spread.of(List.of((double) bytes / MIB));
        }
    }
}
