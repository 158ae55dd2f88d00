package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Observation.PathsSeen;
import dev.reroam.recovery.Standing.Held;
import dev.reroam.recovery.Standing.Stranded;
import dev.reroam.recovery.Transitions.Decision;
import dev.reroam.recovery.Transitions.Sign;
import dev.reroam.recovery.TunnelState.Flap;
import dev.reroam.recovery.TunnelState.Missed;
import dev.reroam.recovery.TunnelState.Swings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What changed paths and disturbed interfaces mean for each tunnel. Works on a {@link Draft}. */
final class PathSigns {

    /** Signs named in the note that opens an incident; the observation itself keeps them all. */
    private static final int NAMED_SIGNS = 3;

    private final Draft draft;
    private final Repairs repairs;
    private final PathsSeen seen;
    private final Set<Integer> deadBefore;
    private final Set<String> concerned = new TreeSet<>();
    private final List<TunnelId> elsewhere = new ArrayList<>();

    PathSigns(Draft draft, Repairs repairs, PathsSeen seen) {
        this.draft = draft;
        this.repairs = repairs;
        this.seen = seen;
        deadBefore = draft.dead;
    }

    void take() {
        boolean joins = draft.incident.isPresent();
        draft.opening = opening();
        if (!seen.dead().equals(deadBefore)) {
            draft.dead = seen.dead();
            new UplinkSigns(draft, repairs).dead(seen.dead());
        }
        remember();
        var answered = new HashSet<TunnelId>();
        for (PathAnswer answer : seen.answers()) {
            answered.add(answer.tunnel());
            answered(answer.tunnel(), answer.path());
        }
        if (!seen.disturbed().isEmpty() || !seen.dead().equals(deadBefore)) {
            for (int i = 0; i < draft.tunnels().size(); i++) {
                TunnelId id = draft.tunnels().keyAt(i);
                if (!answered.contains(id)) {
                    sameWay(id, draft.tunnels().valueAt(i));
                }
            }
        }
        Newcomers.look(draft, repairs);
        elsewhere.forEach(id -> Mtus.moved(draft, id));
        if (joins && !concerned.isEmpty() && !seen.signs().isEmpty()) {
            draft.note(NoteKind.SEEN, Optional.empty(), draft.opening);
        }
        // The dump is a minute old at worst: those that became active since join by a fresh one.
        concerned.forEach(draft::read);
    }

    private void answered(TunnelId id, Path path) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel == null) {
            draft.early.put(id, path);
            return;
        }
        Optional<Path> before = tunnel.path();
        if (!before.equals(Optional.of(path))) {
            elsewhere.add(id);
        }
        if (before.isEmpty() || before.get().equals(path)) {
            draft.put(id, tunnel.withPath(path, tunnel.swings()));
            return;
        }
        Steered steered = draft.steered().get(id);
        if (steered != null && steered.leaving()) {
            draft.unsteered(id);
            if (tunnel.standing() instanceof Standing.Repairing repairing && path instanceof Path.Via) {
                // What was tried is taken back; the ladder goes on where it was, from the way before.
                draft.put(
                        id,
                        tunnel.withPath(path, tunnel.swings())
                                .with(repairing.with(repairing.attempt().withRefreshAt(draft.now))));
                return;
            }
            TunnelState back = tunnel.withPath(path, tunnel.swings());
            if (tunnel.standing() instanceof Stranded stranded
                    && stranded.lastWay().equals(Optional.of(path))
                    && Upstream.health(draft, back).state() == UplinkHealth.State.DEAD) {
                // It is back where nothing passes, and waits: our own hand is no sign that it does again.
                draft.put(id, back);
                return;
            }
        } else if (steered != null && path instanceof Path.Via via && steered.leads(via)) {
            // What we did, seen. The refresh that belongs to it is under way.
            draft.put(id, steered.nowSeen());
            draft.put(id, tunnel.withPath(path, tunnel.swings()));
            return;
        }
        if (steered != null && steered.seen() && !steered.leaving()) {
            new Steering(draft, repairs).withdraw(List.of(id), "somebody else has changed the way");
        }
        // While it is held it does not go where the kernel would send it.
        Held held = tunnel.standing() instanceof Held still ? still : null;
        boolean lostBefore = held == null ? lost(tunnel.leavesBy()) : lost(held);
        if (followsPeer(tunnel) && seen.signs().isEmpty() && held == null && !lostBefore && path instanceof Path.Via) {
            draft.put(id, tunnel.withPath(path, tunnel.swings()));
            return;
        }
        concerned.add(id.device());
        Swings swings = path instanceof Path.Via to && before.get() instanceof Path.Via from
                ? tunnel.swings().changed(from, to, draft.config.flapWindow(), draft.now)
                : tunnel.swings();
        draft.put(id, tunnel.withPath(path, swings));
        switch (path) {
            case Path.None none -> repairs.lost(id, before, "no way out (" + none.errno() + ")");
            case Path.Via via -> moved(id, tunnel, via, swings.flap(), lostBefore);
        }
    }

    private void moved(TunnelId id, TunnelState before, Path.Via via, Flap flap, boolean lostBefore) {
        boolean returned = before.standing() instanceof Stranded stranded
                && stranded.lastWay().filter(via::equals).isPresent();
        boolean usableBefore = before.path().orElse(null) instanceof Path.Via && !lostBefore;
        if (draft.dead.contains(via.interfaceIndex())) {
            repairs.evidence(id, Sign.UPLINK_SUSPECT, Evidence.UPLINK_SUSPECT, false, via.interfaceName() + " is down");
        } else if (usableBefore && flap.count() > draft.config.flapsFollowed() && !anew(before, via)) {
            if (Transitions.of(before.standing().kind(), Sign.PATH_FLAPPED) == Decision.HOLD) {
                repairs.hold(id, before.leavesBy(), via.interfaceIndex(), flap.count());
            } else {
                repairs.evidence(id, Sign.PATH_FLAPPED, Evidence.PATH_CHANGED, true, via.toString());
            }
        } else if (returned) {
            repairs.evidence(id, Sign.UPLINK_RETURNED, Evidence.UPLINK_RETURNED, false, via + " again");
        } else {
            repairs.evidence(id, Sign.PATH_MOVED, Evidence.PATH_CHANGED, usableBefore, via.toString());
        }
    }

    /** The answer is the same as before; its interface may have suffered all the same. */
    private void sameWay(TunnelId id, TunnelState tunnel) {
        if (tunnel.standing() instanceof Held held && lost(held)) {
            concerned.add(id.device());
            if (tunnel.path().orElse(null) instanceof Path.Via via && draft.dead.contains(via.interfaceIndex())) {
                repairs.evidence(
                        id, Sign.UPLINK_SUSPECT, Evidence.UPLINK_SUSPECT, false, via.interfaceName() + " is down");
                return;
            }
            repairs.evidence(id, Sign.PATH_MOVED, Evidence.PATH_CHANGED, false, "the path before is gone");
            return;
        }
        if (!(tunnel.path().orElse(null) instanceof Path.Via via)) {
            return;
        }
        int leavesBy = via.interfaceIndex();
        boolean isDead = draft.dead.contains(leavesBy);
        boolean wasDead = deadBefore.contains(leavesBy);
        if (isDead && (!wasDead || seen.disturbed().contains(leavesBy))) {
            concerned.add(id.device());
            repairs.evidence(id, Sign.UPLINK_SUSPECT, Evidence.UPLINK_SUSPECT, false, via.interfaceName() + " is down");
        } else if (!isDead && (wasDead || seen.disturbed().contains(leavesBy))) {
            concerned.add(id.device());
            repairs.evidence(id, Sign.UPLINK_RETURNED, Evidence.UPLINK_RETURNED, true, via + " again");
        }
    }

    /**
     * Whether an interface lost something lately, or is dead. The kernel rations carrier events, and many tunnels are asked
     * in parts: the path may change after the interface was disturbed.
     */
    private boolean lost(int interfaceIndex) {
        return draft.disturbed.get(interfaceIndex) != null || seen.dead().contains(interfaceIndex);
    }

    /** Whether any of the ways that it may be on did. */
    private boolean lost(Held held) {
        return held.using().stream().anyMatch(this::lost);
    }

    private void remember() {
        SortedTable<Integer, Long> before = draft.disturbed.now();
        for (int i = 0; i < before.size(); i++) {
            if (draft.now - before.valueAt(i) >= draft.config.disturbedFor()) {
                draft.disturbed.remove(before.keyAt(i));
            }
        }
        seen.disturbed().forEach(index -> draft.disturbed.put(index, draft.now));
    }

    /** The peer moved, so the question is another one: the answer says nothing about our network. */
    private boolean followsPeer(TunnelState tunnel) {
        long moved = tunnel.activity().endpointAt();
        return moved != PeerFacts.NEVER && draft.now - moved < draft.config.joinWithin();
    }

    /**
     * Whether it is the uplink that the tunnel is on, and the way over it is one that the path has not led before: another
     * gateway, say. What the far side knows is gone with the one before, so nothing is left to be held on.
     */
    private boolean anew(TunnelState before, Path.Via via) {
        boolean using = before.standing() instanceof Held held
                ? held.using().contains(via.interfaceIndex())
                : via.interfaceIndex() == before.leavesBy();
        return using && !before.swings().backTo(via, draft.config.flapWindow(), draft.now);
    }

    private String opening() {
        int more = seen.signs().size() - NAMED_SIGNS;
        String named = String.join(
                "; ", seen.signs().subList(0, Math.min(NAMED_SIGNS, seen.signs().size())));
        return more > 0 ? named + "; and " + more + " more" : named.isEmpty() ? "paths changed" : named;
    }

    /** What a reading says about tunnels that seemed asleep when their path changed. */
    static void join(Draft draft, Repairs repairs, TunnelId id, TunnelState tunnel) {
        if (tunnel.missed().isEmpty()) {
            return;
        }
        Missed missed = tunnel.missed().get();
        draft.put(id, tunnel.withMissed(Optional.empty()));
        boolean inTime = draft.now - missed.at() < draft.config.joinWithin();
        boolean provedSince = tunnel.facts().handshakeAt() > missed.at();
        if (inTime && !provedSince && Affected.active(tunnel, missed.at(), draft.config)) {
            // It belongs to the refresh of that change, so it does not wait as for another one.
            DeviceState device = draft.device(id.device());
            if (device != null) {
                draft.put(device.refreshFrom(draft.now));
            }
            Sign sign = switch (missed.evidence()) {
                case UPLINK_RETURNED -> Sign.UPLINK_RETURNED;
                case WAN_CHANGED, MAPPING_STUCK -> Sign.WAN_CHANGED;
                case PATH_CHANGED, UPLINK_SUSPECT, TUNNEL_SILENT, DEVICE_RECREATED, INTERRUPTED, NAME_CHANGED, ASKED ->
                    Sign.PATH_MOVED;
            };
            repairs.evidence(id, sign, missed.evidence(), missed.oldWayDelivers(), "was active after all");
        }
    }
}
