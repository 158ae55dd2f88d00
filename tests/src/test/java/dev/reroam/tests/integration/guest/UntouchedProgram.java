package dev.reroam.tests.integration.guest;

import com.google.gson.Gson;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.QuietRouter.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** The program that makes quiet runs in the guest, side by side: they mostly wait. */
final class UntouchedProgram {

    private UntouchedProgram() {}

    /** Arguments: the file to leave the reports in, one a line; the flags of the agent's JVM; then the runs, as words. */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        var agent = AgentRemedy.find(arguments[1]).orElseThrow();
        var runs = Arrays.stream(arguments)
                .skip(2)
                .map(QuietTrial::parse)
                .map(trial -> (Callable<Report>) () -> trial.run(agent))
                .toList();
        var lines = new StringBuilder();
        try (var pool = Executors.newFixedThreadPool(runs.size())) {
            for (var report : pool.invokeAll(runs)) {
                lines.append(new Gson().toJson(report.get())).append('\n');
            }
        }
        Files.writeString(Path.of(arguments[0]), lines);
    }
}
