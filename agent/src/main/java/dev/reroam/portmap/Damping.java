package dev.reroam.portmap;

import dev.reroam.portmap.gateway.GatewayClient;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How soon one {@link Cause} is followed: the first time at once, and then at doubling distances, so that neither a gateway
 * that reboots every 20 s nor somebody who forges announcements makes us busy. Immutable; monotonic nanoseconds.
 *
 * @param level how often without {@link #PEACE} between
 * @param toldAt when it was followed and had news, the last time
 * @param quietUntil before this it is not
 * @param dueAt when it will be; {@link GatewayClient#NEVER} when nothing waits
 * @param news what is told then; empty for nothing
 */
public record Damping(int level, long toldAt, long quietUntil, long dueAt, Optional<News> news) {

    /** Announcements of one restart come as a burst, one from each protocol; the second round covers them all. */
    static final long FIRST = TimeUnit.SECONDS.toNanos(1);

    static final long LONGEST = TimeUnit.SECONDS.toNanos(64);
    static final long PEACE = TimeUnit.MINUTES.toNanos(5);

    static Damping fresh(long now) {
        return new Damping(0, now - PEACE, now, GatewayClient.NEVER, Optional.empty());
    }

    /** It was told just now, or is about to be: what comes of the same event is no news. */
    boolean inBurst(long now) {
        return now - toldAt < FIRST || dueAt <= now;
    }

    /**
     * It happened.
     *
     * @param told with it, in place of what was to be told
     */
    Damping happened(Optional<News> told, long now) {
        return new Damping(level, toldAt, quietUntil, Math.min(dueAt, Math.max(now, quietUntil)), told);
    }

    /** It is followed now. */
    Damping followed(boolean slows, long now) {
        int from = now - quietUntil > PEACE ? 0 : level;
        long quiet = now + Math.min(LONGEST, FIRST << Math.min(from, 6));
        return new Damping(
                slows ? Math.min(from + 1, 30) : 0,
                news.isPresent() ? now : toldAt,
                quiet,
                GatewayClient.NEVER,
                Optional.empty());
    }
}
