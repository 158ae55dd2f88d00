package dev.reroam.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The ledger in a file of lines, each with its checksum. Confined to the agent loop; the disk is written on the slow lane,
 * in order.
 *
 * <p>A cut at any byte loses at most the lines that were being written, whose changes were therefore not begun.
 */
public final class LedgerFile implements Ledger {

    // Documentation/admin-guide/sysctl/kernel.rst, random: a UUID made anew at each boot.
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /**
     * An opened ledger.
     *
     * @param toUndo what a former run left, in the order in which to undo it: last change first
     * @param findings for the log and for people
     */
    public record Opened(LedgerFile ledger, List<Entry> toUndo, List<Finding> findings) {}

    private final LedgerWriter writer;
    private final String boot;
    private final Executor slowLane;
    private final Executor loop;
    private List<Entry> entries;

    LedgerFile(LedgerWriter writer, String boot, List<Entry> entries, Executor slowLane, Executor loop) {
        this.writer = writer;
        this.boot = boot;
        this.entries = entries;
        this.slowLane = slowLane;
        this.loop = loop;
    }

    /**
     * Reads {@code DIRECTORY/ledger}, brings it in order and makes sure that it can be written. Blocks: before the loop
     * runs. Never fails: a ledger that cannot be used refuses each {@link #remember}, and the findings say so.
     *
     * @param slowLane runs one task at a time, in order
     * @param loop where the stages complete
     */
    public static Opened open(Path directory, Executor slowLane, Executor loop) {
        return LedgerOpening.open(new LedgerDisk.InDirectory(directory), bootId(), slowLane, loop);
    }

    @Override
    public CompletionStage<Void> remember(List<? extends Entry> changes) {
        return write(
                changes.stream().map(entry -> new Line.Remember(entry, boot)).toList());
    }

    @Override
    public CompletionStage<Void> forget(List<? extends Entry> changes) {
        return write(changes.stream().map(Line.Forget::new).toList());
    }

    @Override
    public List<Entry> entries() {
        return entries;
    }

    private CompletionStage<Void> write(List<? extends Line> lines) {
        var done = new CompletableFuture<Void>();
        try {
            slowLane.execute(() -> writeNow(lines, done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new LedgerException("the ledger was not written: " + e.getMessage(), e));
        }
        return done;
    }

    private void writeNow(List<? extends Line> lines, CompletableFuture<Void> done) {
        try {
            List<Entry> standing = writer.write(lines);
            loop.execute(() -> {
                entries = standing;
                done.complete(null);
            });
        } catch (LedgerException e) {
            loop.execute(() -> done.completeExceptionally(e));
        } catch (RuntimeException bug) {
            // Whoever waits must not wait for ever; the lane reports the bug itself.
            loop.execute(() -> done.completeExceptionally(bug));
            throw bug;
        }
    }

    /** This boot's id; empty where the kernel does not say, and then every entry counts as of this boot. */
    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            // Safe: entries are undone only on the very device that they were made on.
            return "";
        }
    }
}
