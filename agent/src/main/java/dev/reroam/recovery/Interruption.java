package dev.reroam.recovery;

import dev.reroam.recovery.Observation.Interrupted;
import dev.reroam.recovery.Transitions.Sign;

/** The agent before this one ended during an incident: its tunnels are put under one again. Works on a {@link Draft}. */
final class Interruption {

    private Interruption() {}

    /** Each is refreshed once at the least; what was begun for the device above that is not done again. */
    static void take(Draft draft, Repairs repairs, Interrupted interrupted) {
        String name = interrupted.device();
        if (name.equals(NodeState.TRAFFIC)) {
            Nodes.shaken(draft, "the agent before this one ended while it steered");
            return;
        }
        draft.opening = "the agent before this one ended during a repair of " + name;
        for (String peer : interrupted.peers()) {
            repairs.evidence(
                    new TunnelId(name, peer),
                    Sign.INTERRUPTED,
                    Evidence.INTERRUPTED,
                    true,
                    "was under repair when the agent ended");
        }
        if (!draft.writesDown(name)) {
            draft.act(new Action.RepairOver(name));
        } else if (!interrupted.tried().isEmpty()) {
            interrupted.tried().forEach(rung -> draft.incident = draft.incident.map(open -> open.trying(name, rung)));
            draft.beginning(name);
        }
    }
}
