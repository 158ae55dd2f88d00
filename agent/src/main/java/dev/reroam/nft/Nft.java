package dev.reroam.nft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The nft program, for our own table and nothing else. Slow lane only: it starts a process and waits for it. Other parts of
 * the agent may have chains in the same table; so the table goes only when it is empty.
 */
public final class Nft {

    /** Ours alone: whatever is in it was made by an agent. */
    public static final String TABLE = "inet reroam";

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

    /** Has nft do what stands in a text of its own language, in one transaction: all or nothing. */
    public void apply(String rules) throws IOException {
        run(rules, "-f", "-");
    }

    /** Removes a chain of ours where it is there, and our table where nothing else is in it; also after a crash. */
    public void removeChain(String name) throws IOException {
        String chain = TABLE + " " + name;
        // To add what is there already changes nothing; so none of the four can fail for what it finds.
        apply("add table " + TABLE + "\nadd chain " + chain + "\nflush chain " + chain + "\ndelete chain " + chain
                + "\n");
        if (isEmpty(run("", "list", "table", "inet", "reroam"))) {
            run("", "delete", "table", "inet", "reroam");
        }
    }

    /** Whether a chain of ours is there: what a crashed agent has left. */
    public boolean hasChain(String name) throws IOException {
        return run("", "list", "chains").contains("chain " + name);
    }

    /** Whether a listing of the table shows nothing in it. */
    static boolean isEmpty(String listing) {
        return listing.replaceAll("\\s", "").endsWith("{}");
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
