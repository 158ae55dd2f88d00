package dev.reroam.tcp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The nft program, for our own table and nothing else. Slow lane only: it starts a process and waits for it. Other parts of
 * the agent may have chains in the same table; so the table goes only when it is empty.
 */
public final class Nft {

    // Ours: nft takes some 10 ms; this only bounds one that hangs.
    private static final long PATIENCE_SECONDS = 5;
    // Ours: less than a pipe holds, so a program that we wait for never waits for us.
    private static final int MOST_OUTPUT = 16 * 1024;

    private final List<String> command;

    /**
     * @param command the program, {@code nft}, and words before ours
     */
    public Nft(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** It did not do it: why, in its own words. */
    static final class NftException extends IOException {
        private static final long serialVersionUID = 1;

        NftException(String message) {
            super(message);
        }
    }

    /** Has exactly these connections answered with a reset. */
    void reset(Collection<StaleConnection> connections) throws IOException {
        run(ResetRules.reset(connections), "-f", "-");
    }

    /** Removes our chain, and our table where nothing else is in it; also after a crash. */
    void remove() throws IOException {
        run(ResetRules.remove(), "-f", "-");
        if (ResetRules.isEmpty(run("", "list", "table", "inet", "reroam"))) {
            run("", "delete", "table", "inet", "reroam");
        }
    }

    /** Whether our chain is there: what a crashed agent has left. */
    boolean hasLeftover() throws IOException {
        return run("", "list", "chains").contains("chain tcp_reset");
    }

    private String run(String input, String... words) throws IOException {
        var all = new ArrayList<>(command);
        all.addAll(List.of(words));
        Process process = new ProcessBuilder(all).start();
        try {
            try (var standardInput = process.getOutputStream()) {
                standardInput.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // Why it is safe: a program that ends before it has read everything says why by its exit code.
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new NftException("nft did not end");
            }
            String said = new String(process.getInputStream().readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                String why = new String(process.getErrorStream().readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
                throw new NftException("nft: " + why.lines().findFirst().orElse("exit " + process.exitValue()));
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NftException("interrupted");
        } finally {
            process.destroyForcibly();
        }
    }
}
