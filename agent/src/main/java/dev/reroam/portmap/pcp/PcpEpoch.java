package dev.reroam.portmap.pcp;

import java.util.concurrent.TimeUnit;

/**
 * The server's epoch when it was last heard. Immutable.
 *
 * @param seconds as it said
 * @param heardAt monotonic nanoseconds
 */
public record PcpEpoch(long seconds, long heardAt) {

    // RFC 6887 section 8.5: backwards by more than a second is lost; else both clocks may differ by 1/16 and 2 seconds.
    private static final long BACKWARDS_SECONDS = 1;
    private static final long SLACK_SECONDS = 2;

    /** Whether a server that now says this has lost its table since, or must be taken to have. */
    public boolean lost(long laterSeconds, long now) {
        if (laterSeconds < seconds - BACKWARDS_SECONDS) {
            return true;
        }
        long clientDelta = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, now - heardAt));
        long serverDelta = laterSeconds - seconds;
        return clientDelta + SLACK_SECONDS < serverDelta - serverDelta / 16
                || serverDelta + SLACK_SECONDS < clientDelta - clientDelta / 16;
    }
}
