package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Standing.Repairing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The conntrack rung, run early: beside the refresh after a change of the path, by whomever, as soon as its answer is late.
 * Where the source stays the same on every way, the kernel goes on with the flow from before, and each further packet keeps it
 * alive. It costs no packet, only what no longer fits the way is forgotten, and the ladder goes on as if nothing had been done
 * where that was nothing. Works on a {@link Draft}.
 */
final class Forgetting {

    /** Ours: for each the kernel is asked for all its flows once. More at once have something else in common. */
    private static final int MOST = 8;

    private final Draft draft;

    Forgetting(Draft draft) {
        this.draft = draft;
    }

    /**
     * When the answer to a refresh is late, if there is to be one; {@link Attempt#NONE} where that says nothing, or was looked
     * after.
     */
    static long dueAt(TunnelState tunnel, Repairing repairing, RecoveryConfig config) {
        Attempt attempt = repairing.attempt();
        boolean moved = attempt.rung() == Rung.STEER
                || (attempt.rung() == Rung.REFRESH && repairing.damage().evidence() == Evidence.PATH_CHANGED);
        // A refresh that is repeated later has the higher number again, and the rung is run once.
        boolean lookedFor = attempt.begunBy() > attempt.repair();
        if (!moved
                || lookedFor
                || !attempt.started()
                || attempt.failed()
                || !Proving.wasAsked(tunnel, attempt, config)) {
            return Attempt.NONE;
        }
        return attempt.refreshedAt()
                + Math.max(config.forgetAfter(), 2 * tunnel.roundTrip().orElse(0));
    }

    void due() {
        Map<String, List<TunnelId>> late = new TreeMap<>();
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            TunnelState tunnel = all.valueAt(i);
            if (tunnel.standing() instanceof Repairing repairing
                    && dueAt(tunnel, repairing, draft.config) <= draft.now) {
                late.computeIfAbsent(all.keyAt(i).device(), name -> new ArrayList<>())
                        .add(all.keyAt(i));
            }
        }
        late.forEach(this::look);
    }

    /** It has answered before, or what it carried a moment ago does not come any more. */
    private boolean isMissed(TunnelId id, @Nullable DeviceState device) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel == null || device == null || !(tunnel.standing() instanceof Repairing repairing)) {
            return false;
        }
        boolean heard = tunnel.activity().receivedSince() > repairing.attempt().refreshedAt();
        return tunnel.roundTrip().isPresent() || (!heard && device.traffic().misses(draft.now, draft.config));
    }

    private void look(String name, List<TunnelId> late) {
        DeviceState device = draft.device(name);
        // Of those for which nothing is looked for the number is nobody's.
        long repair = draft.repairNumber();
        for (TunnelId id : late) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null && tunnel.standing() instanceof Repairing repairing) {
                draft.put(id, tunnel.with(repairing.with(repairing.attempt().withBegunBy(repair))));
            }
        }
        List<Action.PeerFlow> flows = Climbing.flows(
                draft, late.stream().filter(id -> isMissed(id, device)).toList());
        if (device == null
                || draft.observed(device)
                || flows.isEmpty()
                || flows.size() > MOST
                || draft.joined().tried(name).contains(Rung.CONNTRACK)) {
            return;
        }
        draft.incident = draft.incident.map(open -> open.trying(name, Rung.CONNTRACK));
        draft.note(
                NoteKind.STEP,
                Optional.empty(),
                Ladder.word(Rung.CONNTRACK) + " of " + name + ": " + flows.size()
                        + (flows.size() == 1 ? " answer is late" : " answers are late"));
        draft.act(new Action.ForgetFlows(repair, device.facts(), flows));
    }
}
