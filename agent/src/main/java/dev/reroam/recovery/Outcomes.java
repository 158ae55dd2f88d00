package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation.RepairEnded;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Verdict;
import dev.reroam.recovery.Transitions.Decision;
import dev.reroam.recovery.Transitions.Sign;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What the outcome of a repair means: that it was done proves nothing. Works on a {@link Draft}. */
final class Outcomes {

    private Outcomes() {}

    static void take(Draft draft, Repairs repairs, RepairEnded ended) {
        List<TunnelId> waiting = waiting(draft, ended.repair());
        switch (ended.outcome()) {
            case RepairOutcome.Done done -> refreshNow(draft, waiting);
            case RepairOutcome.PortChanged changed -> {
                Ports.changed(draft, ended.repair(), changed.port());
                told(draft, "listens on port " + changed.port() + " now");
                refreshNow(draft, waiting);
            }
            case RepairOutcome.Refused refused -> {
                Ports.refused(draft, ended.repair());
                String why = refused.operation() + " was refused: " + refused.errno()
                        + (refused.message().isEmpty() ? "" : " (" + refused.message() + ")");
                told(draft, why);
                giveUp(draft, repairs, waiting, Sign.REFUSED, Verdict.NEEDS_PERSON, why);
            }
            case RepairOutcome.Vanished vanished -> {
                Ports.refused(draft, ended.repair());
                told(draft, "the device or peer vanished during the step: the step ends here");
                // What is left of the device decides: its peers go on, or begin afresh, or are gone.
                var devices = new TreeSet<String>();
                waiting.forEach(id -> devices.add(id.device()));
                devices.forEach(draft::read);
            }
            case RepairOutcome.OnlyObserved observed -> {
                Ports.refused(draft, ended.repair());
                told(draft, "only observed: nothing was done");
                giveUp(draft, repairs, waiting, Sign.ONLY_OBSERVED, Verdict.ONLY_OBSERVED, "only observed");
            }
        }
    }

    private static void told(Draft draft, String what) {
        // Without an incident nobody waits for the outcome: the tunnel is gone, or proved already.
        if (draft.incident.isPresent()) {
            draft.note(NoteKind.OUTCOME, Optional.empty(), what);
        }
    }

    /** A rung that renews the socket is finished by a refresh, which sends the first packet from it. */
    private static void refreshNow(Draft draft, List<TunnelId> waiting) {
        for (TunnelId id : waiting) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null
                    && tunnel.standing() instanceof Repairing repairing
                    && !repairing.attempt().started()) {
                Attempt now = repairing.attempt().withRefreshAt(draft.now);
                draft.put(id, tunnel.with(repairing.with(now)));
            }
        }
    }

    private static void giveUp(
            Draft draft, Repairs repairs, List<TunnelId> waiting, Sign sign, Verdict verdict, String why) {
        for (TunnelId id : waiting) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null
                    && tunnel.standing() instanceof Repairing repairing
                    && Transitions.of(Standing.Kind.REPAIRING, sign) == Decision.GIVE_UP) {
                repairs.giveUp(id, repairing.damage(), verdict, why);
            }
        }
    }

    /** The tunnels whose last repair this was. */
    private static List<TunnelId> waiting(Draft draft, long repair) {
        var waiting = new ArrayList<TunnelId>();
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            if (all.valueAt(i).standing() instanceof Repairing repairing
                    && repairing.attempt().repair() == repair) {
                waiting.add(all.keyAt(i));
            }
        }
        return waiting;
    }
}
