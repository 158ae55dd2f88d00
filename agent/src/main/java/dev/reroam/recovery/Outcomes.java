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
import java.util.function.Predicate;

/** What the outcome of a repair means: that it was done proves nothing. Works on a {@link Draft}. */
final class Outcomes {

    private Outcomes() {}

    static void take(Draft draft, Repairs repairs, RepairEnded ended) {
        List<TunnelId> waiting = waiting(draft, ended.repair());
        Mtus.ended(draft, ended);
        switch (ended.outcome()) {
            case RepairOutcome.Done done -> refreshAnew(draft, ended.repair());
            case RepairOutcome.PortChanged changed -> {
                Ports.changed(draft, ended.repair(), changed.port());
                told(draft, "listens on port " + changed.port() + " now");
                refreshAnew(draft, ended.repair());
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
            case RepairOutcome.NotNeeded needless -> {
                told(draft, needless.why());
                waiting.forEach(id -> skip(draft, id));
            }
            case RepairOutcome.NotWanted not -> {
                Ports.refused(draft, ended.repair());
                told(draft, "not wanted any more: nothing was done");
                refreshNow(draft, waiting);
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

    /**
     * A rung that renews the socket is finished by a refresh, which sends the first packet from it. One that ACT's word came
     * too late for was refreshed from the socket before, which is no trial of this rung.
     */
    private static void refreshAnew(Draft draft, long repair) {
        for (TunnelId id : begunBy(draft, repair)) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null && tunnel.standing() instanceof Repairing repairing) {
                Attempt anew = Attempt.due(repairing.attempt().rung(), repair, draft.now);
                draft.put(id, tunnel.with(repairing.with(anew)));
            }
        }
    }

    /** The rung had nothing to do: those that wait for it go on to the next. */
    private static void skip(Draft draft, TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel != null
                && tunnel.standing() instanceof Repairing repairing
                && !repairing.attempt().started()) {
            draft.put(id, tunnel.with(repairing.with(repairing.attempt().withFailed())));
        }
    }

    /** The socket is the one before: those that wait for another one go on with it. */
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
                    && !(sign == Sign.REFUSED && isRepeat(repairing.attempt()))
                    && Transitions.of(Standing.Kind.REPAIRING, sign) == Decision.GIVE_UP) {
                repairs.giveUp(id, repairing.damage(), verdict, why);
            }
        }
    }

    /** What went out before may prove the tunnel yet. */
    private static boolean isRepeat(Attempt attempt) {
        return attempt.refreshes() > 1;
    }

    /** The tunnels whose last repair this was, or whose rung began with it. */
    private static List<TunnelId> waiting(Draft draft, long repair) {
        return repairing(draft, attempt -> attempt.repair() == repair || attempt.begunBy() == repair);
    }

    /** The tunnels whose rung began with this repair. */
    static List<TunnelId> begunBy(Draft draft, long repair) {
        return repairing(draft, attempt -> attempt.begunBy() == repair);
    }

    private static List<TunnelId> repairing(Draft draft, Predicate<Attempt> which) {
        var found = new ArrayList<TunnelId>();
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            if (all.valueAt(i).standing() instanceof Repairing repairing && which.test(repairing.attempt())) {
                found.add(all.keyAt(i));
            }
        }
        return found;
    }
}
