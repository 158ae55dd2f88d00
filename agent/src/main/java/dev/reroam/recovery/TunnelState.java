package dev.reroam.recovery;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is remembered of one tunnel. Immutable; instants are monotonic nanoseconds.
 *
 * @param path the last answer; empty before the first
 * @param roundTrip nanoseconds of the last echo; empty while it never answered one
 * @param missed evidence that came while it seemed asleep: a fresh reading may show that it was not
 * @param rule what was last decided about it
 * @param suspicion it fell silent and is being asked
 * @param greeted it was sent one echo while it carried, to learn whether it answers any
 */
public record TunnelState(
        PeerFacts facts,
        Optional<Path> path,
        Activity activity,
        Swings swings,
        OptionalLong roundTrip,
        Optional<Proof> lastProof,
        Optional<Missed> missed,
        Optional<Rule> rule,
        Optional<Suspicion> suspicion,
        boolean greeted,
        Standing standing) {

    /**
     * What two readings showed by comparison; {@link PeerFacts#NEVER} where nothing was.
     *
     * @param receivedAt the later of the last two readings between which bytes were received
     * @param receivedSince the earlier of the two
     * @param filledSentAt the later of two readings between which more than keepalives was sent
     * @param endpointAt when the endpoint was seen to move
     */
    public record Activity(long receivedAt, long receivedSince, long filledSentAt, long endpointAt) {
        /** Nothing seen yet. */
        static final Activity NONE = new Activity(PeerFacts.NEVER, PeerFacts.NEVER, PeerFacts.NEVER, PeerFacts.NEVER);
    }

    /**
     * How often something changed lately.
     *
     * @param count changes that each came less than the flap window after the one before
     */
    public record Flap(int count, long lastAt) {
        /** None lately. */
        static final Flap NONE = new Flap(0, PeerFacts.NEVER);

        /** One more. */
        Flap changed(long window, long now) {
            return new Flap(within(window, now) ? count + 1 : 1, now);
        }

        /** Whether a change now would belong to those before. */
        boolean within(long window, long now) {
            return lastAt != PeerFacts.NEVER && now - lastAt < window;
        }
    }

    /**
     * The path's changes.
     *
     * @param ways that it has led since the first of them
     */
    public record Swings(Flap flap, Set<Path.Via> ways) {
        /** None lately. */
        static final Swings NONE = new Swings(Flap.NONE, Set.of());
        /** Ours: one that has had more than so many is a flap whatever comes. */
        private static final int MOST_WAYS = 8;

        public Swings {
            ways = Set.copyOf(ways);
        }

        /** One more, from one way to another. */
        Swings changed(Path.Via from, Path.Via to, long window, long now) {
            var led = new HashSet<>(flap.within(window, now) ? ways : Set.of());
            for (Path.Via way : List.of(from, to)) {
                if (led.size() < MOST_WAYS) {
                    led.add(way);
                }
            }
            return new Swings(flap.changed(window, now), led);
        }

        /** Whether a change to this way, now, leads back to one that was left. */
        boolean backTo(Path.Via way, long window, long now) {
            return flap.within(window, now) && (ways.contains(way) || ways.size() == MOST_WAYS);
        }
    }

    /** Evidence that was not acted upon, and when it came. */
    public record Missed(Evidence evidence, long at, boolean oldWayDelivers) {}

    /** The cell of the ladder's table that decided; the rung is empty where the tunnel was left alone. */
    public record Rule(Evidence evidence, Condition condition, Optional<Rung> rung, long at) {}

    static TunnelState first(PeerFacts facts, Optional<Path> path, long now) {
        return new TunnelState(
                facts,
                path,
                Activity.NONE,
                Swings.NONE,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                new Standing.Resting(now));
    }

    TunnelState with(Standing next) {
        return new TunnelState(
                facts, path, activity, swings, roundTrip, lastProof, missed, rule, suspicion, greeted, next);
    }

    TunnelState read(PeerFacts next, Activity seen) {
        return new TunnelState(
                next, path, seen, swings, roundTrip, lastProof, missed, rule, suspicion, greeted, standing);
    }

    TunnelState withPath(Path next, Swings changes) {
        return new TunnelState(
                facts,
                Optional.of(next),
                activity,
                changes,
                roundTrip,
                lastProof,
                missed,
                rule,
                suspicion,
                greeted,
                standing);
    }

    TunnelState withRoundTrip(long nanos) {
        return new TunnelState(
                facts,
                path,
                activity,
                swings,
                OptionalLong.of(nanos),
                lastProof,
                missed,
                rule,
                suspicion,
                greeted,
                standing);
    }

    TunnelState withProof(Proof proof) {
        return new TunnelState(
                facts,
                path,
                activity,
                swings,
                roundTrip,
                Optional.of(proof),
                missed,
                rule,
                suspicion,
                greeted,
                standing);
    }

    TunnelState withMissed(Optional<Missed> next) {
        return new TunnelState(
                facts, path, activity, swings, roundTrip, lastProof, next, rule, suspicion, greeted, standing);
    }

    TunnelState withRule(Rule next) {
        return new TunnelState(
                facts,
                path,
                activity,
                swings,
                roundTrip,
                lastProof,
                missed,
                Optional.of(next),
                suspicion,
                greeted,
                standing);
    }

    TunnelState greeted(boolean now) {
        return new TunnelState(
                facts, path, activity, swings, roundTrip, lastProof, missed, rule, suspicion, now, standing);
    }

    TunnelState with(Optional<Suspicion> next) {
        return new TunnelState(
                facts, path, activity, swings, roundTrip, lastProof, missed, rule, next, greeted, standing);
    }

    /** The interface that its packets leave by, or -1. */
    int leavesBy() {
        return path.orElse(null) instanceof Path.Via via ? via.interfaceIndex() : -1;
    }
}
