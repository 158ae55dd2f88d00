package dev.reroam.recovery;

import dev.reroam.recovery.Observation.EchoAnswered;
import dev.reroam.recovery.Observation.EchoRefused;
import dev.reroam.recovery.Observation.ThroughAnswered;
import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Held;
import dev.reroam.recovery.Standing.Quiet;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Standing.Stranded;

/** What proves a tunnel, and until when proof may be waited for. Works on a {@link Draft}. */
final class Proving {

    private Proving() {}

    /** A reading came in: does it prove the tunnel? */
    static void onReading(Draft draft, Repairs repairs, TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel == null) {
            return;
        }
        switch (tunnel.standing()) {
            case Resting resting -> {
                remember(draft, id, tunnel);
                if (tunnel.suspicion()
                        .filter(suspicion -> tunnel.facts().handshakeAt() > suspicion.raisedAt())
                        .isPresent()) {
                    // It takes both ways, and while two cross each other no packet may be understood for a round trip.
                    new Suspecting(draft, repairs).answered(id);
                }
            }
            case Held held -> remember(draft, id, tunnel);
            case Repairing repairing -> {
                if (tunnel.facts().handshakeAt() > from(tunnel, repairing.attempt())) {
                    handshake(repairs, id, tunnel);
                } else if (receivedCounts(tunnel, repairing, draft)) {
                    received(repairs, id, tunnel);
                } else {
                    Repairing owing = Owed.owing(repairing, tunnel.facts(), draft.now);
                    if (!owing.equals(repairing)) {
                        draft.put(id, tunnel.with(owing));
                    }
                }
            }
            case Quiet quiet -> later(draft, repairs, id, tunnel, quiet.since(), quiet.damage());
            case Stranded stranded -> later(draft, repairs, id, tunnel, stranded.since(), stranded.damage());
            case GivenUp givenUp -> later(draft, repairs, id, tunnel, givenUp.since(), givenUp.damage());
        }
    }

    /** From when on a handshake is proof: of one that waits for others before its first rung, from what led it there. */
    private static long from(TunnelState tunnel, Attempt attempt) {
        boolean waits = !attempt.started() && attempt.failed() && attempt.begunBy() == 0;
        return !waits
                ? attempt.refreshedAt()
                : tunnel.rule().map(TunnelState.Rule::at).orElse(Attempt.NONE);
    }

    private static void remember(Draft draft, TunnelId id, TunnelState tunnel) {
        long last = tunnel.lastProof().map(Proof::at).orElse(PeerFacts.NEVER);
        if (tunnel.facts().handshakeAt() > last) {
            draft.put(
                    id,
                    tunnel.withProof(
                            new Proof(Proof.Kind.HANDSHAKE, tunnel.facts().handshakeAt())));
        }
    }

    private static void later(
            Draft draft, Repairs repairs, TunnelId id, TunnelState tunnel, long since, Damage damage) {
        if (tunnel.facts().handshakeAt() > damage.since()) {
            handshake(repairs, id, tunnel);
        } else if (tunnel.activity().receivedSince() > settled(since, damage, draft.config)) {
            received(repairs, id, tunnel);
        }
    }

    /**
     * Whether bytes received are proof: only where nothing answers, and only those that came after a reading made when
     * the way before could not deliver any more.
     */
    static boolean receivedCounts(TunnelState tunnel, Repairing repairing, Draft draft) {
        Attempt attempt = repairing.attempt();
        if (!attempt.started()) {
            return false;
        }
        boolean mayAnswer = tunnel.facts().canBeAsked() && !attempt.echoRefused();
        boolean tried = draft.now - attempt.refreshedAt() >= draft.config.echoUnanswered();
        return (!mayAnswer || tried)
                && tunnel.activity().receivedSince() > settled(attempt.refreshedAt(), repairing.damage(), draft.config);
    }

    /** From when on something received cannot have come over the way before. */
    private static long settled(long since, Damage damage, RecoveryConfig config) {
        return damage.oldWayDelivers() ? since + config.echoUnanswered() : since;
    }

    private static void handshake(Repairs repairs, TunnelId id, TunnelState tunnel) {
        repairs.proved(id, new Proof(Proof.Kind.HANDSHAKE, tunnel.facts().handshakeAt()), "handshake completed");
    }

    static void received(Repairs repairs, TunnelId id, TunnelState tunnel) {
        repairs.proved(
                id,
                new Proof(Proof.Kind.RECEIVED, tunnel.activity().receivedAt()),
                "bytes received, nothing answers there");
    }

    static void echo(Draft draft, Repairs repairs, EchoAnswered answer) {
        answered(draft, repairs, answer.tunnel(), answer.echo(), answer.roundTripNanos(), Proof.Kind.ECHO);
    }

    static void through(Draft draft, Repairs repairs, ThroughAnswered answer) {
        answered(draft, repairs, answer.tunnel(), answer.echo(), answer.roundTripNanos(), Proof.Kind.THROUGH);
    }

    private static void answered(
            Draft draft, Repairs repairs, TunnelId id, long echo, long roundTrip, Proof.Kind kind) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel == null) {
            return;
        }
        TunnelState known = tunnel.withRoundTrip(Math.max(0, roundTrip));
        draft.put(id, known);
        if (tunnel.suspicion()
                .filter(suspicion -> echo >= suspicion.firstEcho())
                .isPresent()) {
            new Suspecting(draft, repairs).answered(id);
        }
        boolean afterRepair = known.standing()
                .damaged()
                .map(damage -> echo >= damage.firstEcho())
                .orElse(true);
        if (afterRepair) {
            repairs.proved(id, new Proof(kind, draft.now), kind + " in " + tenths(roundTrip) + " ms");
        }
    }

    /** Milliseconds with one decimal. */
    private static String tenths(long nanos) {
        long tenths = nanos / 100_000;
        return tenths / 10 + "." + tenths % 10;
    }

    static void echoRefused(Draft draft, EchoRefused refused) {
        TunnelState tunnel = draft.tunnel(refused.tunnel());
        if (tunnel != null
                && tunnel.standing() instanceof Repairing repairing
                && refused.echo() >= repairing.damage().firstEcho()
                && !repairing.attempt().echoRefused()) {
            // It was not sent, so nobody owes an answer to it.
            Attempt without = repairing.attempt().withoutEcho();
            draft.put(refused.tunnel(), tunnel.with(repairing.with(without)));
            draft.note(Action.NoteKind.SEEN, refused.tunnel(), "no echo could be sent: " + refused.why());
        }
    }

    /** When the rung is over without proof. */
    static long bound(TunnelState tunnel, Attempt attempt, Draft draft) {
        if (!attempt.started() || attempt.failed()) {
            return Attempt.NONE;
        }
        return Math.max(attempt.waitUntil(), unpostponed(tunnel, attempt, draft));
    }

    /** Whether an echo that was sent after the refresh would have been answered in a known time. */
    static boolean answers(TunnelState tunnel, Attempt attempt, RecoveryConfig config) {
        return tunnel.roundTrip().isPresent() && wasAsked(tunnel, attempt, config);
    }

    /** Whether an echo that was sent after the refresh has reached the far side, if the way is good. */
    static boolean wasAsked(TunnelState tunnel, Attempt attempt, RecoveryConfig config) {
        boolean session = tunnel.facts().handshakeAt() != PeerFacts.NEVER
                && attempt.refreshedAt() - tunnel.facts().handshakeAt() < config.activeFor();
        return session && tunnel.facts().canBeAsked() && !attempt.echoRefused();
    }

    private static long unpostponed(TunnelState tunnel, Attempt attempt, Draft draft) {
        if (answers(tunnel, attempt, draft.config)) {
            long wait = draft.ladder.row(attempt.rung()).waitNanos();
            long roundTrips =
                    draft.config.answerRoundTrips() * tunnel.roundTrip().orElse(0);
            return attempt.refreshedAt() + Math.max(wait, roundTrips);
        }
        if (!attempt.answerOwed()) {
            return attempt.refreshedAt() + draft.config.silentBound();
        }
        long last = Math.max(attempt.owedAt(), attempt.refreshedAt());
        if (tunnel.activity().receivedSince() > attempt.refreshedAt()) {
            // Heard, if too early to count: the far side acknowledges again in 10 s, and the next reading shows it.
            last = Math.max(
                    last,
                    tunnel.activity().receivedAt() + draft.config.readEvery().getLast());
        }
        return last + draft.config.silentBound();
    }
}
