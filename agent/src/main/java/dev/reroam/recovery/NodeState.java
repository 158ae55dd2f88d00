package dev.reroam.recovery;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What is remembered of the Tailscale node. Immutable; instants are monotonic nanoseconds.
 *
 * @param kickedAt when it was last told something; {@link PeerFacts#NEVER} for never
 * @param ways the best way out of each address family, the last that there was
 * @param traffic what the counters of its interface show; nothing where it has none
 * @param control its connection to its control server
 * @param steered where its packets leave by a way of ours, one of each address family at most
 * @param steerFrom not before this
 * @param pending a change that came too soon after that, and is followed a little later
 */
public record NodeState(
        NodeFacts facts,
        Standing standing,
        long kickedAt,
        Control control,
        List<Steered> steered,
        long steerFrom,
        Optional<Change> pending,
        Traffic traffic,
        List<Uplink> ways) {

    public NodeState {
        ways = List.copyOf(ways);
        steered = List.copyOf(steered);
    }

    /** Instead of a device's name where the counters of the node's interface are told; no interface is called so. */
    public static final String TRAFFIC = "tailscale/";

    /** control/controlclient/direct.go: so long after its last word tailscaled gives a request up. */
    public static final long CONTROL_SILENT = TimeUnit.SECONDS.toNanos(120);

    /** Ours: where changes follow each other, the last one counts. */
    static final long SPACING = TimeUnit.SECONDS.toNanos(1);

    /**
     * Something that may have broken it.
     *
     * @param former the way before; empty where there was none
     * @param what for people
     */
    public record Change(Optional<Uplink> former, String what) {}

    /**
     * Its connection to its control server.
     *
     * @param endedAt when we last ended it; {@link PeerFacts#NEVER} for never
     * @param incident that this was in
     * @param open it is not proved yet that it has another one
     * @param heard the control server is heard again, and tailscaled may not have said so yet
     */
    public record Control(long endedAt, long incident, boolean open, boolean heard) {

        static final Control NONE = new Control(PeerFacts.NEVER, 0, false, false);

        Control nowHeard() {
            return new Control(endedAt, incident, open, true);
        }

        Control closed() {
            return new Control(endedAt, incident, false, heard);
        }

        /** Whether it was ended so lately that another one cannot have been silent as long yet. */
        boolean isSpared(long now) {
            return endedAt != PeerFacts.NEVER && now - endedAt < CONTROL_SILENT;
        }

        long dueAt() {
            return open ? endedAt + NodeControl.BOUND : Attempt.NONE;
        }
    }

    /**
     * Its packets of one address family, sent over another uplink by a rule of ours.
     *
     * @param repair number of the wish
     * @param value what they are marked with, under {@code mask}; of them, whatever tailscaled says meanwhile
     * @param from the way that they took
     * @param to the way that they take
     * @param since monotonic nanoseconds
     * @param byLink they left because the interface died
     * @param done the rule is there
     */
    public record Steered(
            long repair, int value, int mask, Path.Via from, Uplink to, long since, boolean byLink, boolean done) {

        Steered nowDone() {
            return new Steered(repair, value, mask, from, to, since, byLink, true);
        }
    }

    /** A node that was just seen for the first time. */
    static NodeState first(NodeFacts facts, List<Uplink> ways) {
        return new NodeState(
                facts,
                new Resting(),
                PeerFacts.NEVER,
                Control.NONE,
                List.of(),
                0,
                Optional.empty(),
                Traffic.NONE,
                ways);
    }

    /** Where it is in the ladder. */
    public sealed interface Standing {

        /** Whether it keeps an incident open. */
        default boolean open() {
            return this instanceof Repairing;
        }
    }

    /** Nothing is wrong, as far as is known. */
    public record Resting() implements Standing {}

    /**
     * Something broke it.
     *
     * @param since when that was seen
     * @param what it was, for people
     * @param rung that was begun last
     * @param repair its number
     * @param asked the nodes that are pinged: they were talked with when it broke
     * @param firstPing the number of the first ping that counts
     * @param pingAt when the next ones go out
     * @param until when the next rung is begun
     */
    public record Repairing(
            long incident,
            long since,
            String what,
            NodeRung rung,
            long repair,
            List<NodeFacts.Peer> asked,
            long firstPing,
            long pingAt,
            long until)
            implements Standing {
        public Repairing {
            asked = List.copyOf(asked);
        }

        /** The next pings at this moment, and the next rung at that. */
        Repairing waiting(long nextPing, long nextRung) {
            return new Repairing(incident, since, what, rung, repair, asked, firstPing, nextPing, nextRung);
        }
    }

    /**
     * All that may be done was done; whether it carries again is asked now and then.
     *
     * @param incident its number
     */
    public record GivenUp(long incident, long since, String why, List<NodeFacts.Peer> asked, long pingAt)
            implements Standing {
        public GivenUp {
            asked = List.copyOf(asked);
        }
    }

    NodeState with(Standing next) {
        return new NodeState(facts, next, kickedAt, control, steered, steerFrom, pending, traffic, ways);
    }

    NodeState withFacts(NodeFacts next) {
        return new NodeState(next, standing, kickedAt, control, steered, steerFrom, pending, traffic, ways);
    }

    NodeState kicked(long now) {
        return new NodeState(facts, standing, now, control, steered, steerFrom, Optional.empty(), traffic, ways);
    }

    NodeState settled() {
        return new NodeState(facts, standing, kickedAt, control, steered, steerFrom, Optional.empty(), traffic, ways);
    }

    NodeState waiting(Change change) {
        return new NodeState(
                facts, standing, kickedAt, control, steered, steerFrom, Optional.of(change), traffic, ways);
    }

    NodeState with(List<Uplink> next) {
        return new NodeState(facts, standing, kickedAt, control, steered, steerFrom, pending, traffic, next);
    }

    NodeState with(Traffic next) {
        return new NodeState(facts, standing, kickedAt, control, steered, steerFrom, pending, next, ways);
    }

    NodeState with(Control next) {
        return new NodeState(facts, standing, kickedAt, next, steered, steerFrom, pending, traffic, ways);
    }

    /** Steered by these, and not anew before that. */
    NodeState steered(List<Steered> next, long from) {
        return new NodeState(facts, standing, kickedAt, control, next, from, pending, traffic, ways);
    }

    /** How its packets of this family are steered; empty where they are not. */
    Optional<Steered> steered(IpFamily family) {
        return steered.stream().filter(one -> one.to().family() == family).findFirst();
    }

    /** Whether it keeps an incident open. */
    boolean open() {
        return standing.open() || control.open();
    }

    /** Whether it was told something so lately that the next word waits. */
    boolean isSpared(long now) {
        return kickedAt != PeerFacts.NEVER && now - kickedAt < SPACING;
    }

    /** When something is due; {@link Attempt#NONE} for never. */
    long dueAt() {
        long own = Math.min(standingDueAt(), control.dueAt());
        return pending.isPresent() ? Math.min(own, kickedAt + SPACING) : own;
    }

    /** The same of the repair alone. */
    long standingDueAt() {
        return switch (standing) {
            case Resting resting -> Attempt.NONE;
            case Repairing repairing -> Math.min(repairing.pingAt(), repairing.until());
            case GivenUp up -> up.asked().isEmpty() ? Attempt.NONE : up.pingAt();
        };
    }
}
