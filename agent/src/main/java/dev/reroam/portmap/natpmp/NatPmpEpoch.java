package dev.reroam.portmap.natpmp;

import java.util.concurrent.TimeUnit;

/**
 * The gateway's epoch when it was last heard. Immutable.
 *
 * @param seconds as it said
 * @param heardAt monotonic nanoseconds
 */
public record NatPmpEpoch(long seconds, long heardAt) {

    // RFC 6886 section 3.6: the client's estimate runs at 7/8 of its own clock, and 2 seconds are allowed.
    private static final long SLACK_SECONDS = 2;

    /** Whether a gateway that now says this has lost its table since. */
    public boolean lost(long laterSeconds, long now) {
        long elapsed = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, now - heardAt));
        return laterSeconds < seconds + elapsed * 7 / 8 - SLACK_SECONDS;
    }
}
