package dev.reroam.tests.bench;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.simulation.Simulations;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Counts, over longer than any bed can run, what the brain does to tunnels that carry. Beside {@link FalseActions} and not a part
 * of it: that one needs the lab, counts everything that an agent changes, and runs for minutes.
 */
final class FalseActionsSimulated implements Bench {

    private static final int HOURS = 500;
    private static final int DAYS = 365;
    private static final int DAYS_AT_A_TIME = 5;
    private static final int SIDE_BY_SIDE = 2;
    private static final int TOLD = 10;

    @Override
    public String name() {
        return "false-actions-simulated";
    }

    @Override
    public String about() {
        return "what the brain does to tunnels that carry, in hours on lines that lose every tenth packet and in a year of"
                + " ordinary days";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        int hours = options.samples().orElse(HOURS);
        int days = options.samples().orElse(DAYS);
        long first = Clock.system().realtimeNanos() >>> 20;
        var figures = new ArrayList<Figure>();
        var remarks = new ArrayList<String>();
        remarks.add("seeds from " + first + " on");
        try (var pool = Executors.newFixedThreadPool(options.parallel().orElse(SIDE_BY_SIDE))) {
            progress.accept(hours + " hours at 40 ms, 30 ms of jitter and 10 % of loss");
            add(hours + " bad hours", Simulations.badHours(first, hours, pool), figures, remarks);
            int times = Math.max(1, days / DAYS_AT_A_TIME);
            progress.accept(times + " times " + DAYS_AT_A_TIME + " ordinary days");
            var counts = Simulations.ordinaryDays(first, times, DAYS_AT_A_TIME, pool);
            add(times * DAYS_AT_A_TIME + " ordinary days", counts, figures, remarks);
        }
        return new Result(figures, remarks);
    }

    /** Pure. */
    static void add(String what, Simulations.Counts counts, List<Figure> figures, List<String> remarks) {
        figures.add(none(what + ": ports changed", (double) counts.ports()));
        figures.add(none(what + ": sockets opened anew", (double) counts.sockets()));
        figures.add(none(what + ": rules broken", counts.violations().size()));
        figures.add(
                Figure.shown(what + ": refreshes after a sign", "", Spread.of(List.of((double) counts.refreshes()))));
        counts.violations().stream().limit(TOLD).forEach(remarks::add);
    }

    private static Figure none(String name, double counted) {
        return new Figure(name, "", Spread.of(List.of(counted)), List.of(Target.total(counted, 0)));
    }
}
