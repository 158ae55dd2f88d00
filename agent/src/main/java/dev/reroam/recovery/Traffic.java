package dev.reroam.recovery;

/**
 * What the counters of a device show. Immutable; instants are monotonic nanoseconds, {@link PeerFacts#NEVER} before the
 * first.
 *
 * @param at when they were last read
 * @param heardAt the last reading at which more had been received
 * @param perKilosecond packets received in 1,000 s, smoothed over the last second in which some were
 * @param unanswered readings in a row at which more than empty packets had been sent and nothing received
 * @param unansweredFrom the first of them
 * @param cleared suspicions in a row that an answer has cleared
 * @param calmUntil none is raised before this
 */
public record Traffic(
        long received,
        long sent,
        long sentBytes,
        long at,
        long heardAt,
        long perKilosecond,
        int unanswered,
        long unansweredFrom,
        int cleared,
        long calmUntil) {

    private static final long SECOND = 1_000_000_000L;
    /** drivers/net/wireguard/messages.h: a header of 16 and a tag of 16 are all that an empty packet has. */
    private static final int EMPTY_BYTES = 32;
    /** Ours: so many packets in a row are not lost by chance, even where one in ten is. */
    private static final long EXPECTED = 5;
    /** Ours: one may be the last word of a conversation, and so may two. */
    private static final int UNANSWERED = 3;
    /** Ours: half a second is longer than most answers take. */
    private static final long UNANSWERED_FOR = SECOND / 2;
    /** Given: not again for 10 s, doubling. */
    private static final long CALM = 10 * SECOND;
    /** Ours: 10 s, doubled six times, is as long as an uplink's own questions need many times over. */
    private static final int MOST_DOUBLINGS = 6;
    /** Ours: a day's work has begun anew. */
    private static final long CALM_FORGOTTEN = 600 * SECOND;

    static final Traffic NONE =
            new Traffic(0, 0, 0, PeerFacts.NEVER, PeerFacts.NEVER, 0, 0, PeerFacts.NEVER, 0, PeerFacts.NEVER);

    /** The counters once more; those of a new device begin anew. */
    Traffic read(long nowReceived, long nowSent, long nowSentBytes, long now) {
        if (at == PeerFacts.NEVER || nowReceived < received || nowSent < sent) {
            return new Traffic(
                    nowReceived, nowSent, nowSentBytes, now, heardAt, 0, 0, PeerFacts.NEVER, cleared, calmUntil);
        }
        boolean filled = nowSentBytes - sentBytes > EMPTY_BYTES * (nowSent - sent);
        if (nowReceived == received) {
            int more = filled ? unanswered + 1 : unanswered;
            long from = filled && unanswered == 0 ? now : unansweredFrom;
            return new Traffic(
                    received, nowSent, nowSentBytes, now, heardAt, perKilosecond, more, from, cleared, calmUntil);
        }
        long span = Math.max(1, now - (heardAt == PeerFacts.NEVER ? at : heardAt));
        long pace = Math.min(nowReceived - received, 1_000_000) * 1_000 * SECOND / span;
        long weight = Math.min(span, SECOND);
        long smooth = perKilosecond + (pace - perKilosecond) / 1_000 * (weight / 1_000_000);
        return new Traffic(
                nowReceived, nowSent, nowSentBytes, now, now, smooth, 0, PeerFacts.NEVER, cleared, calmUntil);
    }

    /** Whether it fell silent in a way that calls for a question. */
    boolean stalled(long now, RecoveryConfig config) {
        boolean unheard = unanswered >= UNANSWERED && now - unansweredFrom >= UNANSWERED_FOR;
        return now >= calmUntil && (misses(now, config) || (unheard && isAwake(now, config)));
    }

    /** Whether packets that should have come by now, as it went on a moment ago, did not, as far as was counted. */
    boolean misses(long now, RecoveryConfig config) {
        return isAwake(now, config) && perKilosecond / 1_000 * ((now - heardAt) / 1_000_000) >= EXPECTED * 1_000;
    }

    private boolean isAwake(long now, RecoveryConfig config) {
        return heardAt != PeerFacts.NEVER && now - heardAt < config.activeFor();
    }

    /** A suspicion was cleared by an answer: it is not raised again for a while. */
    Traffic calm(long now) {
        boolean lately = calmUntil != PeerFacts.NEVER && now - calmUntil < CALM_FORGOTTEN;
        int times = lately ? Math.min(cleared + 1, MOST_DOUBLINGS) : 0;
        return new Traffic(
                received,
                sent,
                sentBytes,
                at,
                heardAt,
                perKilosecond,
                0,
                PeerFacts.NEVER,
                times,
                now + (CALM << times));
    }

    /** The suspicion was right: the next one is raised at once. */
    Traffic confirmed() {
        return new Traffic(
                received, sent, sentBytes, at, heardAt, perKilosecond, 0, PeerFacts.NEVER, 0, PeerFacts.NEVER);
    }
}
