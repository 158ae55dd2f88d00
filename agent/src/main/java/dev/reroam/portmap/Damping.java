package dev.reroam.portmap;

import java.util.concurrent.TimeUnit;

/**
 * How soon everything may be mapped anew: the first time at once, and then at doubling distances, so that neither a gateway
 * that reboots every 20 s nor somebody who forges announcements makes us busy. Immutable.
 *
 * @param level how often without {@link #PEACE} between
 * @param quietUntil before this nothing is mapped anew
 * @param at when it will be or was last; in the future at most one is waiting
 */
public record Damping(int level, long quietUntil, long at) {

    /** Announcements of one restart come as a burst, one from each protocol; the second round covers them all. */
    static final long FIRST = TimeUnit.SECONDS.toNanos(1);

    static final long LONGEST = TimeUnit.SECONDS.toNanos(64);
    static final long PEACE = TimeUnit.MINUTES.toNanos(5);

    static Damping fresh(long now) {
        return new Damping(0, now, now - 1);
    }

    /** Whether one is waiting for its time. */
    boolean waiting(long now) {
        return at > now;
    }

    /** The next: its time is {@link #at}. */
    Damping again(long now) {
        int next = now - quietUntil > PEACE ? 0 : level;
        long when = Math.max(now, next == 0 ? now : quietUntil);
        return new Damping(Math.min(next + 1, 30), when + Math.min(LONGEST, FIRST << Math.min(next, 6)), when);
    }
}
