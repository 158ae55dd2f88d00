package dev.reroam.steer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs {@code guardian.sh}, which goes along in an environment variable: no file of it can be missing or another. Blocks. */
final class GuardianProgram {

    // Only against waiting for ever: it runs one short program.
    private static final long CHECK_SECONDS = 5;
    private static final int MOST_WORDS = 500;
    private static final String SCRIPT = "REROAM_GUARDIAN";

    /** A session of its own, so that what ends a terminal's or a service's group leaves it; without setsid, it ignores that. */
    private static final String BECOME_GUARDIAN = """
            PATH=${PATH:-/bin}:/usr/sbin:/usr/bin:/sbin:/bin
            if command -v setsid >/dev/null; then exec setsid sh -c 'eval "$REROAM_GUARDIAN"' "$0" "$@"; fi
            eval "$REROAM_GUARDIAN"
            """;

    private GuardianProgram() {}

    /** Why it could withdraw nothing here; empty where it could. */
    static Optional<String> problem() throws IOException {
        var process = command("sh", "-c", "eval \"$" + SCRIPT + "\"", "reroam-guardian", "check")
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(CHECK_SECONDS, TimeUnit.SECONDS)) {
                return Optional.of("'ip rule' did not answer within " + CHECK_SECONDS + " s");
            }
            var words = new String(process.getInputStream().readNBytes(MOST_WORDS), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of(words.isEmpty() ? "the guardian's check ended " + process.exitValue() : words);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Starts it; it ends with its standard input. What it says goes where our errors go. */
    static Process start(Path heart, String run) throws IOException {
        return command("sh", "-c", BECOME_GUARDIAN, "reroam-guardian", heart.toString(), run)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static ProcessBuilder command(String... words) throws IOException {
        var builder = new ProcessBuilder(new ArrayList<>(List.of(words)));
        builder.environment().put(SCRIPT, script());
        return builder;
    }

    /** The program's text. */
    static String script() throws IOException {
        try (var in = GuardianProgram.class.getResourceAsStream("guardian.sh")) {
            if (in == null) {
                throw new IOException("guardian.sh is not in the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
