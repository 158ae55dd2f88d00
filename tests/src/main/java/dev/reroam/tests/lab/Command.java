package dev.reroam.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * A short program to run: its words and its standard input. Immutable; {@link #run()} blocks until it ended.
 *
 * @param input handed over on standard input, then end of file
 */
public record Command(List<String> words, String input) {

    // Far above what any short command takes; a hung one must not hang the lab. Counted by timeout(1).
    private static final int LIMIT_SECONDS = 60;

    public Command {
        words = List.copyOf(words);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a command without words");
        }
    }

    /** The command without input. */
    public static Command of(String... words) {
        return new Command(List.of(words), "");
    }

    /** A shell script that stops at the first command that fails. */
    public static Command script(String text) {
        return new Command(List.of("sh", "-e"), text);
    }

    /** The same command with more words. */
    Command and(String... more) {
        return new Command(Stream.concat(words.stream(), Stream.of(more)).toList(), input);
    }

    /** The same command with {@code text} on its standard input. */
    public Command withInput(String text) {
        return new Command(words, text);
    }

    /**
     * Runs it and returns what it printed.
     *
     * @throws CommandFailedException when it ends with anything but 0, or not within a minute
     */
    public String run() {
        var limited = Stream.concat(
                        Stream.of("timeout", "--foreground", Integer.toString(LIMIT_SECONDS)), words.stream())
                .toList();
        try {
            var process = new ProcessBuilder(limited).start();
            var complaint = new Drain(process.getErrorStream());
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException closedEarly) {
                // Why it is safe: a program that ends before it read its input is judged by its exit code.
            }
            var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new CommandFailedException(words, exit, complaint.text() + printed);
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + String.join(" ", words), e);
        } catch (InterruptedException e) {
            throw Pause.interrupted(e);
        }
    }
}
