package dev.reroam.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.Walked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process replays: there the JDK iterates its immutable sets in another order. */
class ReplayElsewhereTest {

    private static final long SEED = Long.getLong("seed", 20260703);

    @TempDir
    Path state;

    @Test
    void whatAnyWalkRecordedIsTheSameInAnotherProcess() throws Exception {
        var files = new IncidentFiles(state);
        var lanes = new Lanes();
        var recorder = new JournalRecorder(
                "0.1.0",
                RecoveryConfig.standard(false),
                new Turning.WallClock(),
                files,
                lanes::slowLane,
                lanes.loop::add);
        Walked.walk(SEED, 3000, recorder::onStep);
        lanes.run();
        int recorded = files.numbers().size();
        assertTrue(recorded > 3, "seed " + SEED + ": " + recorded + " incidents");

        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        java,
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        state.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // A random walk may keep one incident open for longer than is kept of any.
        long tooLong = ending(said, "the observations take more than 32 KiB");
        assertTrue(tooLong <= 1, said);
        assertEquals(tooLong == 0 ? ReplayCommand.SAME : 2, process.waitFor(), "seed " + SEED + "\n" + said);
        assertEquals(recorded, ending(said, "every action is the same") + tooLong, said);
    }

    private static long ending(String said, String with) {
        return said.lines().filter(line -> line.endsWith(with)).count();
    }

    static final class Child {
        public static void main(String[] args) throws IOException {
            var files = new IncidentFiles(Path.of(args[0]));
            int worst = ReplayCommand.SAME;
            for (long number : files.numbers()) {
                worst = Math.max(
                        worst, new ReplayCommand("0.1.0", System.out).run(files.named(String.valueOf(number))));
            }
            System.exit(worst);
        }
    }
}
