package dev.reroam.portmap.gateway;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A question in a datagram, asked again at doubling intervals until it is given up. Immutable.
 *
 * @param tries how often it was sent
 * @param interval nanoseconds from the last sending to {@link #dueAt}, before jitter
 * @param dueAt when it is sent again or given up, monotonic nanoseconds
 */
public record Exchange(Octets question, int tries, long interval, long dueAt) {

    /** Ours: the slowest gateways that are known of take a second. */
    private static final long ONLY_INTERVAL = TimeUnit.SECONDS.toNanos(2);

    /** The first sending. */
    public static Exchange begin(Octets question, long interval, long now) {
        return new Exchange(question, 1, interval, now + interval);
    }

    /** The only sending, for an answer that may take long. */
    public static Exchange once(Octets question, long now) {
        return begin(question, ONLY_INTERVAL, now);
    }

    /**
     * The next sending.
     *
     * @return empty when it was sent often enough
     */
    public Optional<Exchange> again(int mostTries, Chance chance, int jitterPercent, long now) {
        if (tries >= mostTries) {
            return Optional.empty();
        }
        long doubled = interval * 2;
        return Optional.of(new Exchange(question, tries + 1, doubled, now + chance.near(doubled, jitterPercent)));
    }
}
