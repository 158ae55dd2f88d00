package dev.reroam.tests.simulation;

import dev.reroam.ledger.Entry;
import java.util.ArrayList;
import java.util.List;

/** The ledger's disk: what stands written outlives the agent. Confined to its run's thread. */
final class ModelLedger {

    private final List<Entry> standing = new ArrayList<>();

    /** Oldest first. */
    List<Entry> entries() {
        return List.copyOf(standing);
    }

    void remember(Entry entry) {
        for (int i = 0; i < standing.size(); i++) {
            if (standing.get(i).sameChange(entry)) {
                standing.set(i, entry.atop(standing.get(i)));
                return;
            }
        }
        standing.add(entry);
    }

    void forget(Entry entry) {
        standing.removeIf(entry::sameChange);
    }
}
