package dev.reroam.tests.lab;

import dev.reroam.linux.libc.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/**
 * The program that makes experiments in the guest. Arguments: the file of the reports, in the order of the trials; how many
 * are made at once; then the words of {@link GuestTrial}s. A trial that breaks is reported as such, and the next one is made.
 */
public final class GuestExperiments {

    // An agent rehearses its repairs right after its start, and a cable wants 2 s of quiet.
    private static final Duration REHEARSED = Duration.ofSeconds(4);
    // Where several start at once, they share one processor for it.
    private static final Duration REHEARSED_TOGETHER = Duration.ofSeconds(8);

    private GuestExperiments() {}

    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        var reports = Path.of(arguments[0]);
        var trials = Arrays.stream(arguments).skip(2).map(GuestTrial::parse).toList();
        int width = Integer.parseInt(arguments[1]);
        try (var pool = Executors.newFixedThreadPool(width)) {
            var begun = trials.stream()
                    .map(trial -> pool.submit(() -> make(trial, width == 1)))
                    .toList();
            for (var report : begun) {
                Files.writeString(
                        reports, report.get().json() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
    }

    private static GuestTrialReport make(GuestTrial trial, boolean measured) {
        var clock = Clock.system();
        long start = clock.monotonicNanos();
        var remedy = new LogKeeper(remedy(trial.help()));
        GuestTrialReport.Ended ended;
        try {
            var experiment = new Experiment(trial.delayedFault(), trial.plan(), remedy, trial.watched());
            var report = settled(experiment, quiet(trial, measured));
            ended = new GuestTrialReport.Seen(report.outage(), report.timeline(), report.before(), report.after());
        } catch (CommandFailedException | IllegalStateException | IllegalArgumentException | UncheckedIOException e) {
            ended = new GuestTrialReport.Broken(e + " " + Arrays.toString(e.getStackTrace()));
        }
        return new GuestTrialReport(trial, ended, remedy.log(), Duration.ofNanos(clock.monotonicNanos() - start));
    }

    private static Duration quiet(GuestTrial trial, boolean measured) {
        if (measured) {
            return REHEARSED;
        }
        return trial.help() == GuestTrial.Help.AGENT
                ? REHEARSED_TOGETHER
                : trial.delayedFault().quiet();
    }

    private static Experiment.Report settled(Experiment experiment, Duration quiet) {
        try (var trial = experiment.prepare()) {
            Pause.of(quiet);
            return trial.report(trial.strike());
        }
    }

    private static Remedy remedy(GuestTrial.Help help) {
        return switch (help) {
            case NONE -> Remedy.NONE;
            case AGENT ->
                AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this class path has no agent"));
            case SCRIPT -> new EventScript();
        };
    }
}
