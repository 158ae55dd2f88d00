package dev.reroam.stun;

import java.util.concurrent.TimeUnit;

/**
 * When a request over UDP is repeated and given up (RFC 8489 section 6.2.1): after 1, 2, 4, ... times the first wait, and
 * after the last request a wait of its own. Immutable.
 *
 * @param firstWaitNanos RTO, at least a millisecond
 * @param requests Rc, 1 to 16
 * @param lastWaits Rm: how many first waits pass between the last request and giving up
 */
public record Schedule(long firstWaitNanos, int requests, int lastWaits) {

    /** RFC 8489 section 6.2.1: RTO 500 ms, Rc 7, Rm 16: requests at 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s; 39.5 s in all. */
    public static final Schedule RFC_8489 = of(500, 7, 16);

    /**
     * Ours: at 0, 200, 600 and 1400 ms; gives up after 2.2 s. Deviation: whoever asks whether an uplink works must know
     * soon, has other servers to ask, and does not put the question into the way of a stream of others.
     */
    public static final Schedule PROBE = of(200, 4, 4);

    /** Ours: one request, answered within 200 ms or counted as silence: for one who asks again so soon anyway. */
    public static final Schedule ONCE = of(200, 1, 1);

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
    // A NAT and a server of one's own answer in microseconds; below this a busy machine would look like a silent one.
    private static final long SHORTEST_WAIT = 30 * MILLISECOND;
    private static final long LONGEST_WAIT = 500 * MILLISECOND;

    public Schedule {
        if (firstWaitNanos < 1_000_000 || requests < 1 || requests > 16 || lastWaits < 1 || lastWaits > 64) {
            throw new IllegalArgumentException("schedule of " + requests + " requests from " + firstWaitNanos
                    + " ns, then " + lastWaits + " waits");
        }
    }

    /** With the first wait in milliseconds. */
    public static Schedule of(long firstWaitMillis, int requests, int lastWaits) {
        return new Schedule(TimeUnit.MILLISECONDS.toNanos(firstWaitMillis), requests, lastWaits);
    }

    /**
     * For a server whose round trip is known: the first wait is one and a half of them, 30 to 500 ms.
     *
     * @param requests the more, the less likely is it that loss looks like silence
     */
    static Schedule after(long roundTripNanos, int requests) {
        long wait = Math.clamp(roundTripNanos + roundTripNanos / 2, SHORTEST_WAIT, LONGEST_WAIT);
        return new Schedule(wait, requests, 2);
    }

    /** How long to wait when this many requests were sent. */
    long waitAfter(int sent) {
        return sent < requests ? firstWaitNanos << (sent - 1) : firstWaitNanos * lastWaits;
    }

    /** From the first request until it is given up. */
    public long givesUpAfterNanos() {
        return firstWaitNanos * ((1L << (requests - 1)) - 1 + lastWaits);
    }
}
