package dev.reroam.recovery;

import dev.reroam.recovery.Observation.Meant;
import dev.reroam.recovery.Observation.RecoverAsked;
import dev.reroam.recovery.Transitions.Sign;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A person asked for a repair: whom that means, and what follows. Pure. */
public final class Asking {

    private Asking() {}

    /** The tunnels that a wish would reach at {@code now}, in the order of the state. */
    public static List<TunnelId> reaches(RecoveryState state, Meant meant, long now, RecoveryConfig config) {
        return state.tunnels().entrySet().stream()
                .filter(entry -> isMeant(meant, entry.getKey(), entry.getValue(), now, config))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isMeant(Meant meant, TunnelId id, TunnelState tunnel, long now, RecoveryConfig config) {
        return switch (meant) {
            case Meant.Everything everything -> Affected.concerned(tunnel, now, config);
            case Meant.OfDevice of -> id.device().equals(of.device()) && Affected.concerned(tunnel, now, config);
            case Meant.Node node -> false;
            case Meant.Named named -> id.equals(named.tunnel());
        };
    }

    /** The node that a wish would reach, as people know it; empty where there is none that may be told anything. */
    public static Optional<String> reachesNode(RecoveryState state, Meant meant) {
        return state.node()
                .map(NodeState::facts)
                .filter(node -> meant instanceof Meant.Everything || meant instanceof Meant.Node)
                .filter(node -> node.condition() == NodeFacts.Condition.RUNNING && node.settable())
                .map(NodeFacts::label);
    }

    /** Works on a {@link Draft}. */
    static void take(Draft draft, Repairs repairs, RecoverAsked asked) {
        draft.opening = "a person asked for " + asked.meant();
        var devices = new TreeSet<String>();
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelId id = draft.tunnels().keyAt(i);
            if (isMeant(asked.meant(), id, draft.tunnels().valueAt(i), draft.now, draft.config)) {
                devices.add(id.device());
                repairs.evidence(id, Sign.ASKED, Evidence.ASKED, true, "asked for");
            }
        }
        devices.forEach(draft::read);
        if (asked.meant() instanceof Meant.Everything || asked.meant() instanceof Meant.Node) {
            Nodes.shaken(draft, draft.opening);
        }
        // Perhaps the kernel's word got lost: a person does not ask without a reason.
        draft.act(new Action.AskPaths());
    }
}
