package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** How long each fault keeps the tunnel down where nobody helps, as a table. */
record Baseline(Plan plan, Duration watched, PrintStream out) {

    // They mostly wait; more would make the set-ups disturb the measurements.
    private static final int SIDE_BY_SIDE = 6;

    void run(List<Fault> faults) {
        out.println(fill("%-22s %10s %10s  %s", "fault", "after s", "hole s", "network"));
        try (var pool = Executors.newFixedThreadPool(SIDE_BY_SIDE)) {
            var tasks = faults.stream().map(this::experiment).toList();
            for (var report : pool.invokeAll(tasks)) {
                print(report.get());
            }
        } catch (InterruptedException e) {
            throw Pause.interrupted(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        }
    }

    private Callable<Experiment.Report> experiment(Fault fault) {
        return () -> new Experiment(fault, plan, Remedy.NONE, watched).run();
    }

    private void print(Experiment.Report report) {
        var outage = report.outage();
        var after = outage.healedAfter().map(Baseline::seconds).orElse("never");
        out.println(fill(
                "%-22s %10s %10s  %s",
                report.fault(),
                after,
                seconds(outage.hole()),
                report.fault().planned().apply(plan)));
    }

    private static String seconds(Duration duration) {
        return fill("%.3f", duration.toNanos() / 1e9);
    }
}
