package dev.reroam.tunnel.wireguard.see;

import dev.reroam.recovery.PeerFacts;
import java.util.Optional;

/**
 * When a dump was made, and so what its handshake stamps mean on the brain's clock. Immutable.
 *
 * @param askedAt monotonic nanoseconds just before the dump was asked for: it shows nothing older
 * @param toldAt monotonic nanoseconds when it was there: it shows nothing newer
 * @param realtime CLOCK_REALTIME nanoseconds at {@code toldAt}
 */
record Moment(long askedAt, long toldAt, long realtime) {

    // Ours: a wall clock that is only slewed (adjtimex: at most 500 ppm) moves 30 ms in the minute between two dumps.
    private static final long STEP_NANOS = 100_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    // Ours: a century. A stamp older than this says nothing but "long ago", and the arithmetic stays in range.
    private static final long OLDEST_NANOS = 100L * 365 * 86_400 * NANOS_PER_SECOND;

    /**
     * When a handshake completed whose stamp is new in this dump; {@link PeerFacts#NEVER} for the stamp 0. Never later than it
     * can have been: where the wall clock moved since the dump before, the earliest moment possible is taken.
     *
     * @param before the dump before, which showed another stamp; empty in the first
     */
    long handshakeAt(Optional<Moment> before, long stampSeconds, int stampNanos) {
        if (stampSeconds == 0 && stampNanos == 0) {
            return PeerFacts.NEVER;
        }
        long age = Math.clamp(realtime - stamp(stampSeconds, stampNanos), 0, OLDEST_NANOS);
        if (before.isEmpty()) {
            return toldAt - age;
        }
        long earliest = Math.min(before.get().askedAt + 1, toldAt);
        long moved = Math.abs(realtime - toldAt - (before.get().realtime - before.get().toldAt));
        // Math.abs(Long.MIN_VALUE) is negative: that is a step, too.
        return moved < 0 || moved > STEP_NANOS ? earliest : Math.max(earliest, toldAt - age - moved);
    }

    private static long stamp(long seconds, int nanos) {
        return seconds > Long.MAX_VALUE / NANOS_PER_SECOND - 1 ? Long.MAX_VALUE : seconds * NANOS_PER_SECOND + nanos;
    }
}
