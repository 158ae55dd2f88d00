package dev.reroam.recovery;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.NodeFacts.Condition;
import dev.reroam.recovery.NodeState.GivenUp;
import dev.reroam.recovery.NodeState.Repairing;
import dev.reroam.recovery.NodeState.Resting;
import dev.reroam.recovery.Observation.NodeKicked;
import dev.reroam.recovery.Observation.NodePinged;
import dev.reroam.recovery.Observation.NodeSeen;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Observation.TrafficSeen;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The Tailscale node: what breaks it, and the way up its ladder. Its own packets take the best way out of this box, whatever
 * policy rules say (facts, A8), so that way is its path. Proof is a node that it talked with before and that answers a ping after
 * the repair; one that talked with nobody is told of the change, and has nothing to prove. Works on a {@link Draft}.
 */
final class Nodes {

    /** Ours: a ping that is lost costs no more than that, and tailscaled's own answer takes a round trip. */
    private static final long PING_EVERY = TimeUnit.MILLISECONDS.toNanos(500);

    /** Ours, as with a tunnel that was given up. */
    private static final long ASK_EVERY = TimeUnit.SECONDS.toNanos(15);

    /** Ours: one peer may have gone away in the same moment. */
    private static final int MOST_ASKED = 3;

    private Nodes() {}

    static void take(Draft draft, NodeSeen seen) {
        NodeState was = draft.node().orElse(null);
        if (was == null) {
            draft.put(NodeState.first(seen.node(), best(draft.ways)));
            return;
        }
        draft.put(was.withFacts(seen.node()));
        if (was.standing() instanceof Repairing repairing && seen.node().condition() == Condition.PERSONS) {
            over(draft, repairing.incident(), NoteKind.OUTCOME, "it is a person's now, and left alone");
        }
        if (seen.node().condition() == Condition.PERSONS) {
            NodeSteering.ended(draft, "it is a person's now");
        }
        NodeControl.proved(draft);
    }

    static void gone(Draft draft, String why) {
        draft.node().ifPresent(node -> {
            if (node.standing() instanceof Repairing repairing) {
                over(draft, repairing.incident(), NoteKind.OUTCOME, why);
            }
            NodeSteering.ended(draft, why);
            draft.dropNode();
        });
    }

    /**
     * The ways out are others. What leads elsewhere now than when there last was a way is evidence; that there is none is not, for
     * nothing can be done until there is one.
     */
    static void waysChanged(Draft draft) {
        NodeState node = draft.node().orElse(null);
        if (node == null) {
            return;
        }
        List<Uplink> next = new ArrayList<>();
        Optional<Uplink> former = Optional.empty();
        Optional<Uplink> other = Optional.empty();
        for (IpFamily family : IpFamily.values()) {
            Optional<Uplink> was = best(node.ways(), family);
            Optional<Uplink> now = best(draft.ways, family);
            now.or(() -> was).ifPresent(next::add);
            if (other.isEmpty() && now.isPresent() && was.isPresent() && !now.equals(was)) {
                other = now;
                former = was;
            }
        }
        draft.put(node.with(next));
        if (other.isPresent()) {
            changed(draft, former, "the way out is " + other.get() + " now");
        }
    }

    private static List<Uplink> best(List<Uplink> ways) {
        return Stream.of(IpFamily.values())
                .flatMap(family -> best(ways, family).stream())
                .toList();
    }

    /** Something changed beyond an uplink, which the kernel cannot see. */
    static void wanChanged(Draft draft, Uplink uplink, String what) {
        if (way(draft, uplink.family()).filter(uplink::equals).isPresent()) {
            changed(draft, Optional.of(uplink), what);
        }
    }

    /** The machine slept, or a person asked. */
    static void shaken(Draft draft, String what) {
        // Nothing leads elsewhere, as far as is known: what it holds may be well.
        changed(draft, Optional.empty(), what);
    }

    /** The way of its packets: ours where they are steered. */
    private static Optional<Uplink> way(Draft draft, IpFamily family) {
        return draft.node()
                .flatMap(node -> node.steered(family))
                .map(NodeState.Steered::to)
                .or(() -> best(draft.ways, family));
    }

    private static Optional<Uplink> best(List<Uplink> ways, IpFamily family) {
        return ways.stream().filter(way -> way.family() == family).findFirst();
    }

    static void changed(Draft draft, Optional<Uplink> former, String what) {
        NodeState node = draft.node().orElse(null);
        if (node == null || node.facts().condition() != Condition.RUNNING) {
            return;
        }
        if (node.isSpared(draft.now)) {
            draft.put(node.waiting(new NodeState.Change(former, what)));
            return;
        }
        if (draft.incident.isEmpty()) {
            draft.opening = what;
        }
        List<NodeFacts.Peer> asked = node.standing() instanceof Repairing repairing
                ? repairing.asked()
                : node.facts().active().stream().limit(MOST_ASKED).toList();
        tell(draft, node, NoteKind.SEEN, what);
        if (draft.config.observeOnly() || !node.facts().settable()) {
            tell(
                    draft,
                    node,
                    NoteKind.SKIPPED,
                    draft.config.observeOnly() ? "only observed" : "it does not let itself be repaired");
            return;
        }
        begin(draft, node, NodeRung.REBIND, draft.now, what, asked);
        forgetFlows(draft, node);
        former.ifPresent(way -> draft.act(new Action.EndNodeConnections(way, draft.now)));
    }

    /** What it retries would else keep an entry alive that holds it (facts, B1). */
    private static void forgetFlows(Draft draft, NodeState node) {
        List<Uplink> ways = Stream.of(IpFamily.values())
                .flatMap(family -> way(draft, family).stream())
                .toList();
        if (node.facts().port() != 0 && !ways.isEmpty()) {
            draft.act(new Action.ForgetNodeFlows(node.facts().port(), ways));
        }
    }

    private static void begin(
            Draft draft, NodeState node, NodeRung rung, long since, String what, List<NodeFacts.Peer> asked) {
        long repair = draft.repairNumber();
        draft.act(new Action.KickNode(repair, rung.words()));
        tell(draft, node, NoteKind.STEP, rung.name().toLowerCase(java.util.Locale.ROOT) + ": " + rung.what());
        draft.put(node.kicked(draft.now)
                .with(node.traffic().confirmed())
                .with(new Repairing(
                        draft.joined().number(),
                        since,
                        what,
                        rung,
                        repair,
                        asked,
                        draft.echoesFrom(),
                        Attempt.NONE,
                        draft.now + rung.bound())));
    }

    static void take(Draft draft, NodeKicked kicked) {
        NodeState node = draft.node().orElse(null);
        if (node == null
                || !(node.standing() instanceof Repairing repairing)
                || repairing.repair() != kicked.repair()) {
            return;
        }
        switch (kicked.outcome()) {
            case RepairOutcome.Done done -> done(draft, node, repairing);
            case RepairOutcome.Refused refused ->
                giveUp(draft, node, repairing, refused.operation() + " is refused: " + refused.message());
            case RepairOutcome.Vanished vanished ->
                over(draft, repairing.incident(), NoteKind.OUTCOME, "tailscaled is gone");
            case RepairOutcome.PortChanged port -> done(draft, node, repairing);
            case RepairOutcome.NotNeeded not -> done(draft, node, repairing);
            case RepairOutcome.NotWanted not ->
                over(draft, repairing.incident(), NoteKind.OUTCOME, "not wanted any more");
            case RepairOutcome.OnlyObserved only ->
                over(draft, repairing.incident(), NoteKind.OUTCOME, "only observed");
        }
    }

    private static void done(Draft draft, NodeState node, Repairing repairing) {
        if (repairing.asked().isEmpty()) {
            over(draft, repairing.incident(), NoteKind.OUTCOME, "it talked with nobody: nothing to prove");
            return;
        }
        draft.put(node.with(repairing.waiting(draft.now, repairing.until())));
    }

    static void take(Draft draft, NodePinged pinged) {
        NodeState node = draft.node().orElse(null);
        if (node == null || pinged.roundTripNanos().isEmpty()) {
            return;
        }
        String what = pinged.peer() + " answers " + (pinged.direct() ? "directly" : "by a relay") + " after "
                + TimeUnit.NANOSECONDS.toMillis(pinged.roundTripNanos().getAsLong()) + " ms"
                + (node.facts().polls() ? "" : "; its control server is not heard yet");
        switch (node.standing()) {
            case Resting resting -> {}
            case Repairing repairing -> {
                if (pinged.ping() >= repairing.firstPing()) {
                    over(draft, repairing.incident(), NoteKind.PROVED, what);
                }
            }
            case GivenUp up -> over(draft, up.incident(), NoteKind.PROVED, what);
        }
    }

    /** The counters of its interface: where what is sent is not answered, servers are asked what the world sees now. */
    static void take(Draft draft, TrafficSeen seen) {
        NodeState node = draft.node().orElse(null);
        if (node == null) {
            return;
        }
        Traffic traffic = node.traffic().read(seen.receivedPackets(), seen.sentPackets(), seen.sentBytes(), draft.now);
        boolean doubts = node.standing() instanceof Resting
                && node.facts().condition() == Condition.RUNNING
                && traffic.stalled(draft.now, draft.config);
        draft.put(node.with(doubts ? traffic.calm(draft.now) : traffic));
        if (doubts) {
            for (IpFamily family : IpFamily.values()) {
                way(draft, family).ifPresent(way -> Upstream.ask(draft, way));
            }
        }
    }

    /** What the clock says. */
    static void due(Draft draft) {
        NodeState waiting = draft.node().orElse(null);
        if (waiting == null || waiting.dueAt() > draft.now) {
            return;
        }
        if (waiting.pending().isPresent() && !waiting.isSpared(draft.now)) {
            NodeState.Change change = waiting.pending().get();
            draft.put(waiting.settled());
            changed(draft, change.former(), change.what());
        }
        NodeState node = draft.node().orElse(waiting);
        if (node.standingDueAt() > draft.now) {
            return;
        }
        switch (node.standing()) {
            case Resting resting -> {}
            case Repairing repairing -> {
                if (repairing.until() <= draft.now) {
                    climb(draft, node, repairing);
                } else {
                    ping(draft, repairing.asked());
                    draft.put(node.with(repairing.waiting(draft.now + PING_EVERY, repairing.until())));
                }
            }
            case GivenUp up -> {
                ping(draft, up.asked());
                draft.put(
                        node.with(new GivenUp(up.incident(), up.since(), up.why(), up.asked(), draft.now + ASK_EVERY)));
            }
        }
    }

    private static void ping(Draft draft, List<NodeFacts.Peer> peers) {
        peers.forEach(peer -> draft.act(new Action.PingNode(draft.echoNumber(), peer)));
    }

    private static void climb(Draft draft, NodeState node, Repairing repairing) {
        if (node.facts().condition() != Condition.RUNNING || !node.facts().settable()) {
            giveUp(draft, node, repairing, "it cannot be told anything just now");
            return;
        }
        switch (repairing.rung()) {
            case REBIND -> {
                begin(draft, node, NodeRung.RELAYS, repairing.since(), repairing.what(), repairing.asked());
                way(draft, IpFamily.V4)
                        .ifPresent(way -> draft.act(new Action.EndNodeConnections(way, repairing.since())));
            }
            case RELAYS -> lastRung(draft, node, repairing);
        }
    }

    /** Another uplink, where there is one that was not tried. */
    private static void lastRung(Draft draft, NodeState node, Repairing repairing) {
        if (NodeSteering.tried(draft, node)) {
            // It is answered by an outcome, after which all begins anew there.
            NodeState now = draft.node().orElse(node);
            draft.put(now.with(repairing.waiting(
                    draft.now + PING_EVERY, draft.now + repairing.rung().bound())));
            return;
        }
        giveUp(
                draft,
                node,
                repairing,
                "no node that it talked with answers; 'tailscale netcheck' and 'tailscale ping' show more");
        NodeSteering.gaveUp(draft);
    }

    private static void giveUp(Draft draft, NodeState node, Repairing repairing, String why) {
        tell(draft, node, NoteKind.GAVE_UP, why);
        draft.put(
                node.with(new GivenUp(repairing.incident(), draft.now, why, repairing.asked(), draft.now + ASK_EVERY)));
    }

    private static void over(Draft draft, long incident, NoteKind kind, String what) {
        NodeState node = draft.node().orElseThrow();
        draft.note(incident, kind, Optional.empty(), node.facts().label() + ": " + what);
        draft.put(node.with(new Resting()));
    }

    static void tell(Draft draft, NodeState node, NoteKind kind, String what) {
        draft.note(kind, Optional.empty(), node.facts().label() + ": " + what);
    }
}
