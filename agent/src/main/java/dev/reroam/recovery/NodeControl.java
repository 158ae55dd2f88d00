package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.NodeFacts.Condition;
import dev.reroam.recovery.Observation.ControlSeen;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The Tailscale node's connection to its control server, which it keeps for as long as the kernel does, whatever became of it
 * (facts, A5): ended when nothing came over it for as long as tailscaled itself waits. What it carries to other nodes goes on
 * without it, so that this is no part of the ladder. Works on a {@link Draft}.
 */
final class NodeControl {

    /** Ours: it waits up to 30 s before it dials again (facts, A3), and asks what is new. */
    static final long BOUND = TimeUnit.SECONDS.toNanos(60);

    private NodeControl() {}

    static void take(Draft draft, ControlSeen seen) {
        NodeState node = draft.node().orElse(null);
        if (node == null) {
            return;
        }
        if (seen.silentNanos() >= NodeState.CONTROL_SILENT) {
            silent(draft, node, seen);
        } else if (node.control().open()) {
            draft.put(node.with(node.control().nowHeard()));
            proved(draft);
        }
    }

    private static void silent(Draft draft, NodeState node, ControlSeen seen) {
        if (node.facts().condition() != Condition.RUNNING || node.control().isSpared(draft.now)) {
            return;
        }
        String what =
                "its control server was not heard for " + TimeUnit.NANOSECONDS.toSeconds(seen.silentNanos()) + " s";
        if (draft.incident.isEmpty()) {
            draft.opening = what;
        }
        Nodes.tell(draft, node, NoteKind.SEEN, what);
        boolean acts = !draft.config.observeOnly();
        if (acts) {
            draft.act(new Action.EndControl(seen.servers(), NodeState.CONTROL_SILENT));
            Nodes.tell(draft, node, NoteKind.STEP, "control: its connection is ended, so that it dials anew");
        } else {
            Nodes.tell(draft, node, NoteKind.SKIPPED, "only observed");
        }
        draft.put(node.with(new NodeState.Control(draft.now, draft.joined().number(), acts, false)));
    }

    /** The node is another one, or says something else: it is in its map poll again, perhaps. */
    static void proved(Draft draft) {
        draft.node()
                .filter(node -> node.control().open()
                        && node.control().heard()
                        && node.facts().polls())
                .ifPresent(node -> over(
                        draft,
                        node,
                        NoteKind.PROVED,
                        "its control server is heard again after "
                                + TimeUnit.NANOSECONDS.toSeconds(
                                        draft.now - node.control().endedAt()) + " s"));
    }

    /** What the clock says. */
    static void due(Draft draft) {
        draft.node()
                .filter(node -> node.control().dueAt() <= draft.now)
                .ifPresent(node -> over(
                        draft,
                        node,
                        NoteKind.OUTCOME,
                        "its control server is not heard yet; it goes on dialling by itself"));
    }

    private static void over(Draft draft, NodeState node, NoteKind kind, String what) {
        draft.note(
                node.control().incident(), kind, Optional.empty(), node.facts().label() + ": " + what);
        draft.put(node.with(node.control().closed()));
    }
}
