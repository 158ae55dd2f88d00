package dev.reroam.tests.bench;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.simulation.Simulations;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** How many scenarios the simulator plays in a minute, and whether the brain breaks a rule in any of them. No network at all. */
final class Simulate implements Bench {

    private static final int SCENARIOS = 2_000;
    private static final int SIDE_BY_SIDE = 2;
    private static final int WARM = 100;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MILLIS_PER_MINUTE = 60_000;
    // 2,000 a minute.
    private static final double MOST_MILLIS = 30;
    private static final int TOLD = 10;

    @Override
    public String name() {
        return "simulate";
    }

    @Override
    public String about() {
        return "scenarios a minute in the simulator, two at a time, and the rules that the brain breaks in them";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        int count = options.samples().orElse(SCENARIOS);
        int sideBySide = options.parallel().orElse(SIDE_BY_SIDE);
        long first = Clock.system().realtimeNanos() >>> 20;
        progress.accept(count + " scenarios from seed " + first + " on, " + sideBySide + " at a time");
        try (var pool = Executors.newFixedThreadPool(sideBySide)) {
            Simulations.scenarios(0, WARM, pool);
            long begin = Clock.system().monotonicNanos();
            var counts = Simulations.scenarios(first, count, pool);
            double millis = (Clock.system().monotonicNanos() - begin) / NANOS_PER_MILLI / count;
            return result(counts, millis, first);
        }
    }

    /** Pure. */
    static Result result(Simulations.Counts counts, double millis, long first) {
        int broken = counts.violations().size();
        var figures = List.of(
                Figure.shown("scenarios a minute", "", Spread.of(List.of(MILLIS_PER_MINUTE / millis))),
                new Figure(
                        "time for one of them",
                        "ms",
                        Spread.of(List.of(millis)),
                        List.of(Target.total(millis, MOST_MILLIS))),
                Figure.shown("tunnels looked at after a fault", "", Spread.of(List.of((double) counts.asked()))),
                new Figure("rules broken", "", Spread.of(List.of((double) broken)), List.of(Target.total(broken, 0))));
        var remarks = new ArrayList<String>();
        remarks.add("seeds from " + first + " on");
        counts.violations().stream().limit(TOLD).forEach(remarks::add);
        return new Result(figures, remarks);
    }
}
