package dev.reroam.ledger;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What we have changed and must undo. Confined to the agent loop: it is called there, and the stages complete there.
 *
 * <p>The order for a repair is: {@link #remember} → act once the stage is complete → {@link #remember} again when more is
 * known (the new port) → {@link #forget} when it is undone, or was refused and so never done. When a stage ends with a
 * {@link LedgerException} (disk full, read-only, slow lane full) nothing may be done that would need the entry.
 */
public interface Ledger {

    /**
     * Writes the entries down; complete when they would survive a power cut. An entry for the same change (see
     * {@link Entry#sameChange}) is replaced, and what it was before our first change stays known.
     *
     * @param entries all or nothing as far as the stage goes; after a failure some may be found at the next start
     */
    CompletionStage<Void> remember(List<? extends Entry> entries);

    /** Writes one entry down, as {@link #remember(List)}. */
    default CompletionStage<Void> remember(Entry entry) {
        return remember(List.of(entry));
    }

    /** Strikes the entries for the same changes out; complete when that would survive a power cut. Absent is no error. */
    CompletionStage<Void> forget(List<? extends Entry> entries);

    /** Strikes one entry out, as {@link #forget(List)}. */
    default CompletionStage<Void> forget(Entry entry) {
        return forget(List.of(entry));
    }

    /** What is certainly on the disk now, oldest first. Immutable. */
    List<Entry> entries();
}
