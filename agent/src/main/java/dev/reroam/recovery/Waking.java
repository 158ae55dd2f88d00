package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation.Woke;
import dev.reroam.recovery.Transitions.Sign;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** The machine slept: nobody knows what became of its ways and of what NATs remembered. Works on a {@link Draft}. */
final class Waking {

    private Waking() {}

    static void take(Draft draft, Repairs repairs, Woke woke) {
        boolean joins = draft.incident.isPresent();
        String what = "the machine slept for " + TimeUnit.NANOSECONDS.toSeconds(woke.sleptNanos()) + " s";
        draft.opening = what;
        var devices = new TreeSet<String>();
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelId id = draft.tunnels().keyAt(i);
            devices.add(id.device());
            // The clock of all that is compared here stood, too: who was active before is so now.
            repairs.evidence(id, Sign.WAN_CHANGED, Evidence.WAN_CHANGED, true, what);
        }
        if (joins && !devices.isEmpty()) {
            draft.note(NoteKind.SEEN, Optional.empty(), what);
        }
        devices.forEach(draft::read);
        Nodes.shaken(draft, what);
        draft.act(new Action.AskPaths());
    }
}
