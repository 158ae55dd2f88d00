package dev.reroam.tests.simulation.world;

import dev.reroam.tests.simulation.world.Message.Session;
import java.util.HashSet;
import java.util.Set;

/** A session at one end, and which packets of it came: a doubled one counts for nothing. Confined to its run's thread. */
final class Keypair {

    // Of the replay window's 8,192 only what a reordered or doubled packet needs.
    private static final int WINDOW = 512;

    final Session session;
    final long madeAt;
    final boolean initiator;
    private final Set<Long> seen = new HashSet<>();
    long counter;
    private long highest;

    Keypair(Session session, long madeAt, boolean initiator) {
        this.session = session;
        this.madeAt = madeAt;
        this.initiator = initiator;
    }

    boolean isNew(long received) {
        if (received + WINDOW < highest || !seen.add(received)) {
            return false;
        }
        highest = Math.max(highest, received);
        if (seen.size() > 2 * WINDOW) {
            seen.removeIf(one -> one + WINDOW < highest);
        }
        return true;
    }
}
