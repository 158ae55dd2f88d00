package dev.reroam.recovery;

import dev.reroam.recovery.Standing.Repairing;

/** Did something go out that the far side must answer? Pure. */
final class Owed {

    /**
     * Bytes of an empty packet. drivers/net/wireguard/messages.h: a data header of 16 and an authentication tag of 16.
     */
    private static final long KEEPALIVE_BYTES = 32;

    /** messages.h KEEPALIVE_TIMEOUT: received data is acknowledged by an empty packet at most this often. */
    private static final long KEEPALIVE_EVERY = 10_000_000_000L;

    private Owed() {}

    /** Most bytes that empty packets alone can have cost in a span: scheduled, acknowledging, and our refreshes. */
    static long keepalives(long span, PeerFacts facts, int refreshes) {
        long every = facts.keepaliveSeconds() > 0
                ? Math.min(KEEPALIVE_EVERY, facts.keepaliveSeconds() * 1_000_000_000L)
                : KEEPALIVE_EVERY;
        return KEEPALIVE_BYTES * (2 + refreshes + span / every);
    }

    /** What a reading after a refresh says about packets that are owed an answer. */
    static Repairing owing(Repairing repairing, PeerFacts facts, long now) {
        Attempt attempt = repairing.attempt();
        if (!attempt.started()) {
            return repairing;
        }
        if (attempt.sentBase().isEmpty()) {
            return repairing.with(attempt.withSentBase(facts.sentBytes()));
        }
        long sent = facts.sentBytes() - attempt.sentBase().getAsLong();
        boolean filled = sent > keepalives(now - attempt.refreshedAt(), facts, attempt.refreshes());
        return filled && !attempt.answerOwed() ? repairing.with(attempt.withOwedAt(now)) : repairing;
    }
}
