package dev.reroam.portmap;

import java.util.concurrent.TimeUnit;

/**
 * How long a gateway may take to give everything back. Immutable; monotonic nanoseconds.
 *
 * @param from when the stop began
 * @param by when what is left is left
 */
record Stopping(long from, long by) {

    /** A gateway that does not answer while we stop must not hold the stop up. */
    static final long SILENT = TimeUnit.SECONDS.toNanos(2);

    /** Nor one that is slow at every port; whoever stops us waits 5 s. */
    static final long SLOW = TimeUnit.MILLISECONDS.toNanos(4_500);

    static Stopping at(long now) {
        return new Stopping(now, now + SILENT);
    }

    /** The gateway has answered one of several wishes. */
    Stopping answered(long now) {
        return new Stopping(from, Math.min(from + SLOW, now + SILENT));
    }
}
