package dev.reroam.recovery;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.NodeFacts.Condition;
import dev.reroam.recovery.Observation.NodeSteered;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.UplinkHealth.State;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Which way the packets of the Tailscale node itself take: away from an uplink that is silent or dead, and back when it has
 * answered for long enough, as with tunnels ({@link Steering}). All of a family at once, by their mark, since its relays, its
 * control server and its peers are everywhere; and whatever mwan3 decides, which is not asked for them (facts, A8). Works on a
 * {@link Draft}.
 */
final class NodeSteering {

    /** Ours: what was refused, or taken away by somebody else, is not tried again at once. */
    private static final long REFUSED = TimeUnit.SECONDS.toNanos(60);

    /** Ours: until the kernel has said which way they take without our rule. */
    private static final long SETTLES = TimeUnit.SECONDS.toNanos(1);

    private NodeSteering() {}

    /** What is due: away, and back. */
    static void due(Draft draft) {
        for (IpFamily family : IpFamily.values()) {
            draft.node().flatMap(node -> node.steered(family)).ifPresent(one -> back(draft, one));
            NodeState node = draft.node().orElse(null);
            if (node != null && node.steered(family).isEmpty()) {
                node.facts().marks().ways().stream()
                        .filter(way -> way.source().family() == family && isDead(draft, way))
                        .findFirst()
                        .ifPresent(way -> away(draft, node, way));
            }
        }
    }

    /**
     * All else has failed: another uplink is tried, unless this one is known to be well.
     *
     * @return whether there is one
     */
    static boolean tried(Draft draft, NodeState node) {
        boolean begun = false;
        for (Path.Via way : node.facts().marks().ways()) {
            State state = health(draft, way).state();
            boolean fresh = node.steered(way.source().family()).isEmpty();
            if (fresh && state != State.ALIVE && state != State.PROBATION) {
                begun |= away(draft, draft.node().orElse(node), way);
            }
        }
        return begun;
    }

    private static boolean away(Draft draft, NodeState node, Path.Via from) {
        NodeFacts facts = node.facts();
        Optional<Uplink> to = candidate(draft, from);
        if (to.isEmpty()
                || facts.marks().not().isPresent()
                || facts.condition() != Condition.RUNNING
                || draft.config.observeOnly()
                || draft.now < node.steerFrom()) {
            return false;
        }
        String what = "its packets left by " + from + ", which is silent or dead";
        if (draft.incident.isEmpty()) {
            draft.opening = what;
        }
        Nodes.tell(draft, node, NoteKind.SEEN, what);
        Nodes.tell(draft, node, NoteKind.STEP, "steer: to " + to.get());
        long repair = draft.repairNumber();
        int value = facts.marks().value();
        int mask = facts.marks().mask();
        draft.act(new Action.SteerNode(repair, value, mask, to.get()));
        var all = new ArrayList<>(node.steered());
        boolean byLink = draft.dead.contains(from.interfaceIndex());
        all.add(new NodeState.Steered(repair, value, mask, from, to.get(), draft.now, byLink, false));
        draft.put(node.steered(all, node.steerFrom()));
        return true;
    }

    private static Optional<Uplink> candidate(Draft draft, Path.Via from) {
        return draft.ways.stream()
                .filter(way -> way.family() == from.source().family())
                .filter(way -> !carries(way, from) && !draft.dead.contains(way.interfaceIndex()))
                .filter(way -> Steering.health(draft, way).usable())
                .min(Comparator.comparing(way -> Steering.health(draft, way).state() == State.UNKNOWN));
    }

    static void take(Draft draft, NodeSteered seen) {
        NodeState node = draft.node().orElse(null);
        NodeState.Steered one = node == null
                ? null
                : node.steered().stream()
                        .filter(all -> all.repair() == seen.repair())
                        .findFirst()
                        .orElse(null);
        if (node == null || one == null) {
            return;
        }
        if (seen.outcome() instanceof RepairOutcome.Done) {
            var all = new ArrayList<>(node.steered());
            all.set(all.indexOf(one), one.nowDone());
            draft.put(node.steered(all, node.steerFrom()));
            Nodes.changed(draft, Optional.of(uplink(one.from())), "its packets leave by " + one.to() + " now");
        } else {
            drop(draft, node, one, draft.now + REFUSED);
            String why = seen.outcome() instanceof RepairOutcome.Refused refused
                    ? refused.operation() + " is refused: " + refused.message()
                    : "it was taken away";
            Nodes.tell(draft, node, NoteKind.OUTCOME, "steer: " + why);
            if (one.done()) {
                Nodes.changed(draft, Optional.of(one.to()), "its packets are not steered any more");
            }
        }
    }

    /** It was tried, and nothing answers there either. */
    static void gaveUp(Draft draft) {
        draft.node()
                .map(NodeState::steered)
                .ifPresent(all -> all.stream()
                        .filter(one -> health(draft, one.from()).state() != State.DEAD && !one.byLink())
                        .forEach(one -> withdraw(draft, one, "nothing answers there either", draft.now + REFUSED)));
    }

    /** The node is gone, or not to be touched any more. */
    static void ended(Draft draft, String why) {
        draft.node().map(NodeState::steered).ifPresent(all -> all.forEach(one -> end(draft, one, why, 0)));
    }

    private static void back(Draft draft, NodeState.Steered one) {
        NodeState node = draft.node().orElseThrow();
        Optional<String> not = node.facts().marks().not();
        if (not.isPresent()) {
            withdraw(draft, one, not.get(), draft.now + SETTLES);
        } else if (!draft.ways.contains(one.to())
                || draft.dead.contains(one.to().interfaceIndex())
                || Steering.health(draft, one.to()).state() == State.DEAD) {
            withdraw(draft, one, "that way is dead, too", draft.now + SETTLES);
        } else if (!node.standing().open() && Steering.mayReturn(draft, one.from(), one.byLink(), one.since())) {
            withdraw(draft, one, "the uplink before has answered for long enough", draft.now + SETTLES);
        }
    }

    private static void withdraw(Draft draft, NodeState.Steered one, String why, long from) {
        end(draft, one, why, from);
        if (one.done()) {
            Nodes.changed(draft, Optional.of(one.to()), "its packets leave as the routes have it again");
        }
    }

    private static void end(Draft draft, NodeState.Steered one, String why, long from) {
        NodeState node = draft.node().orElseThrow();
        drop(draft, node, one, from);
        if (draft.incident.isEmpty()) {
            draft.opening = "steering of " + node.facts().label() + " ends: " + why;
        }
        Nodes.tell(draft, node, NoteKind.STEP, "its packets are not steered any more: " + why);
        draft.act(new Action.UnsteerNode(one.value(), one.mask(), one.to().family()));
    }

    private static void drop(Draft draft, NodeState node, NodeState.Steered one, long from) {
        var rest = new ArrayList<>(node.steered());
        rest.remove(one);
        draft.put(node.steered(rest, from));
    }

    private static boolean isDead(Draft draft, Path.Via way) {
        return draft.dead.contains(way.interfaceIndex()) || health(draft, way).state() == State.DEAD;
    }

    private static UplinkHealth health(Draft draft, Path.Via way) {
        UplinkHealth alike = UplinkHealth.NONE;
        for (int i = 0; i < draft.uplinks().size(); i++) {
            Uplink known = draft.uplinks().keyAt(i);
            if (carries(known, way)) {
                alike = draft.uplinks().valueAt(i).health();
                // Of an IPv6 network we may have had another address, under which it died.
                if (known.source().equals(way.source())) {
                    return alike;
                }
            }
        }
        return alike;
    }

    private static boolean carries(Uplink uplink, Path.Via way) {
        return uplink.carries(way.interfaceIndex(), way.gateway(), way.source());
    }

    private static Uplink uplink(Path.Via way) {
        return new Uplink(way.interfaceIndex(), way.interfaceName(), way.gateway(), way.source());
    }
}
