package dev.reroam.recovery;

import dev.reroam.recovery.Observation.RecoverAsked;
import dev.reroam.recovery.Transitions.Sign;
import java.util.TreeSet;

/** A person asked for a repair. Works on a {@link Draft}. */
final class Asking {

    private Asking() {}

    /** One named tunnel is refreshed even where it is asleep; of all tunnels only those that showed life are. */
    static void take(Draft draft, Repairs repairs, RecoverAsked asked) {
        draft.opening =
                "a person asked for " + asked.tunnel().map(TunnelId::toString).orElse("all tunnels");
        var devices = new TreeSet<String>();
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelId id = draft.tunnels().keyAt(i);
            boolean meant = asked.tunnel()
                    .map(id::equals)
                    .orElse(Affected.concerned(draft.tunnels().valueAt(i), draft.now, draft.config));
            if (meant) {
                devices.add(id.device());
                repairs.evidence(id, Sign.ASKED, Evidence.ASKED, true, "asked for");
            }
        }
        devices.forEach(draft::read);
        // Perhaps the kernel's word got lost: a person does not ask without a reason.
        draft.act(new Action.AskPaths());
    }
}
