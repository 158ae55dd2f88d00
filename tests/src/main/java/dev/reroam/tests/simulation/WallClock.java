package dev.reroam.tests.simulation;

import dev.reroam.recovery.PeerFacts;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.TreeMap;

/** The wall clock, which may be set at any time, and what WireGuard's stamps say by it. Confined to its run's thread. */
final class WallClock {

    // What the agent takes for a step (dev.reroam.tunnel.wireguard.see.Moment).
    private static final long STEP = 100 * VirtualTime.MILLI;
    private static final long FIRST = 1_782_900_000_000L * VirtualTime.MILLI;

    // The offset from the monotonic clock, by when it was set.
    private final TreeMap<Long, Long> offsets = new TreeMap<>();

    WallClock(long start) {
        offsets.put(start, FIRST - start);
    }

    void step(long now, long by) {
        offsets.put(now, offset(now) + by);
    }

    private long offset(long at) {
        var entry = offsets.floorEntry(at);
        return entry == null ? offsets.firstEntry().getValue() : entry.getValue();
    }

    long realtime(long at) {
        return at + offset(at);
    }

    /** When a reading was made. */
    record Moment(long askedAt, long toldAt, long realtime) {}

    /**
     * What SEE makes of a handshake's wall-clock stamp: never later than the truth allows.
     *
     * @param handshakeAt the truth, which gives the stamp
     * @param first whether there was no reading before
     */
    long seen(long handshakeAt, Moment before, Moment now, boolean first) {
        if (handshakeAt == PeerFacts.NEVER) {
            return PeerFacts.NEVER;
        }
        long age = Math.max(0, now.realtime() - realtime(handshakeAt));
        if (first) {
            return now.toldAt() - age;
        }
        long earliest = Math.min(before.askedAt() + 1, now.toldAt());
        long moved = Math.abs(now.realtime() - now.toldAt() - (before.realtime() - before.toldAt()));
        return moved > STEP ? earliest : Math.max(earliest, now.toldAt() - age - moved);
    }
}
