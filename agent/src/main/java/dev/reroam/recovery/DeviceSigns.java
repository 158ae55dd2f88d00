package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Standing.Verdict;
import dev.reroam.recovery.Transitions.Decision;
import dev.reroam.recovery.Transitions.Sign;
import dev.reroam.recovery.TunnelState.Activity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What a reading of a device means for its tunnels. Works on a {@link Draft}. */
final class DeviceSigns {

    /** Paths kept for tunnels that are not there; more can only come from peers that are made up and dropped for ever. */
    private static final int EARLY_PATHS = 4_096;

    private final Draft draft;
    private final Repairs repairs;

    DeviceSigns(Draft draft, Repairs repairs) {
        this.draft = draft;
        this.repairs = repairs;
    }

    void take(DeviceSeen seen) {
        String name = seen.device().name();
        DeviceState before = draft.device(name);
        long readBefore = before == null ? PeerFacts.NEVER : before.readAt();
        boolean recreated = before != null && !same(before.facts(), seen.device());
        draft.opening = recreated ? name + " was re-created" : name + " was read";
        for (String peer : seen.removedPeers()) {
            forget(new TunnelId(name, peer), "the peer is gone");
        }
        draft.put(
                before == null || recreated
                        ? DeviceState.first(seen.device(), draft.now)
                        : isReading(before, seen)
                                ? before.read(seen.device(), draft.now)
                                : before.withFacts(seen.device()));
        if (recreated) {
            draft.deviceLost(name);
            forgetUntold(seen);
        }
        for (PeerFacts facts : seen.changedPeers()) {
            peer(new TunnelId(name, facts.key()), facts, recreated ? PeerFacts.NEVER : readBefore);
        }
        forEachOf(name, (id, tunnel) -> {
            if (recreated) {
                recreated(id, tunnel);
            } else {
                PathSigns.join(draft, repairs, id, tunnel);
            }
            Proving.onReading(draft, repairs, id);
        });
        DeviceState now = draft.device(name);
        if (now != null && draft.observed(now)) {
            forEachOf(name, this::onlyWatched);
            // The ledger has the former port, for whoever may set it.
            draft.put(now.withTrial(Optional.empty()).refreshed(now.refreshFrom()));
        }
    }

    void gone(String name, String why) {
        DeviceState device = draft.device(name);
        if (device == null) {
            return;
        }
        forEachOf(name, (id, tunnel) -> {
            forget(id, name + " is gone: " + why);
            if (tunnel.standing().open()) {
                tunnel.standing()
                        .damaged()
                        .ifPresent(damage -> draft.incident = draft.incident.map(open -> open.losing(id, damage)));
            }
        });
        draft.deviceLost(name);
        draft.dropDevice(name);
    }

    /**
     * A new device counts from zero, so a peer that was alive on the old one and is not told of is not on the new one; one
     * that never was alive may be the same still.
     */
    private void forgetUntold(DeviceSeen seen) {
        var told = new HashSet<String>();
        seen.changedPeers().forEach(facts -> told.add(facts.key()));
        forEachOf(seen.device().name(), (id, tunnel) -> {
            PeerFacts facts = tunnel.facts();
            boolean virgin = facts.handshakeAt() == PeerFacts.NEVER && facts.receivedBytes() + facts.sentBytes() == 0;
            if (!virgin && !told.contains(id.peer())) {
                forget(id, "the new " + id.device() + " has no such peer");
            }
        });
    }

    /** The device may no longer be set: what was being done to it ends. */
    private void onlyWatched(TunnelId id, TunnelState tunnel) {
        if (tunnel.standing() instanceof Repairing repairing
                && Transitions.of(tunnel.standing().kind(), Sign.ONLY_OBSERVED) == Decision.GIVE_UP) {
            repairs.giveUp(id, repairing.damage(), Verdict.ONLY_OBSERVED, "can no longer be set");
        }
    }

    /** The use of its port may be judged anew without a reading; that nothing is told of peers then means nothing. */
    private static boolean isReading(DeviceState before, DeviceSeen seen) {
        return before.facts().equals(seen.device())
                || !seen.changedPeers().isEmpty()
                || !seen.removedPeers().isEmpty();
    }

    private static boolean same(DeviceFacts before, DeviceFacts now) {
        return before.interfaceIndex() == now.interfaceIndex()
                && before.publicKey().equals(now.publicKey());
    }

    private void peer(TunnelId id, PeerFacts facts, long readBefore) {
        TunnelState before = draft.tunnel(id);
        if (before == null) {
            Path path = draft.early.get(id);
            draft.early.remove(id);
            draft.put(id, TunnelState.first(facts, Optional.ofNullable(path), draft.now));
            Mtus.moved(draft, id);
            Damage damage = draft.incident.map(open -> open.lost().get(id)).orElse(null);
            if (damage != null) {
                draft.incident = draft.incident.map(open -> open.finding(id));
                if (facts.endpoint().isPresent()) {
                    repairs.resume(id, damage);
                } else {
                    // Nothing can be sent to it, and no path will ever be asked for it, before it calls by itself.
                    draft.note(NoteKind.OUTCOME, id, id.device() + " is back: has no endpoint, waits for its peer");
                }
            } else if (path != null) {
                Newcomers.look(draft, repairs, id, TunnelState.first(facts, Optional.of(path), draft.now));
            }
            return;
        }
        Activity activity = before.activity();
        boolean received = facts.receivedBytes() > before.facts().receivedBytes() && readBefore != PeerFacts.NEVER;
        boolean filled = readBefore != PeerFacts.NEVER
                && facts.sentBytes() - before.facts().sentBytes() > Owed.keepalives(draft.now - readBefore, facts, 0);
        if (filled && !received && Affected.active(before, draft.now, draft.config)) {
            // What it knows of traffic without an answer, as long as nobody counts more often than a reading.
            Upstream.ask(draft, before);
        }
        if (received
                && before.suspicion().filter(it -> readBefore >= it.since()).isPresent()) {
            new Suspecting(draft, repairs).heard(id);
        }
        TunnelState known = draft.tunnel(id);
        boolean moved = !facts.endpoint().equals(before.facts().endpoint());
        if (moved) {
            new Steering(draft, repairs).withdraw(List.of(id), "the peer moved");
        }
        draft.put(
                id,
                (known == null ? before : known)
                        .read(
                                facts,
                                new Activity(
                                        received ? draft.now : activity.receivedAt(),
                                        received ? readBefore : activity.receivedSince(),
                                        filled ? draft.now : activity.filledSentAt(),
                                        moved ? draft.now : activity.endpointAt())));
        if (filled && !received) {
            new NameSigns(draft, repairs).askIfInTrouble(id);
        }
    }

    /**
     * The device is another one. What a tunnel showed of life before still counts: the same peer was there a moment ago;
     * only what was being done to it begins anew.
     */
    private void recreated(TunnelId id, TunnelState tunnel) {
        Decision decision = Transitions.of(tunnel.standing().kind(), Sign.RECREATED);
        if (decision == Decision.START) {
            draft.note(NoteKind.OUTCOME, id, "the device was re-created: begins afresh");
            boolean oldWay =
                    tunnel.standing().damaged().map(Damage::oldWayDelivers).orElse(false);
            repairs.evidence(id, Sign.RECREATED, Evidence.DEVICE_RECREATED, oldWay, "new device");
        } else if (decision == Decision.REST && !(tunnel.standing() instanceof Resting)) {
            draft.put(id, tunnel.with(new Resting(draft.now)));
        }
    }

    private void forget(TunnelId id, String why) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel == null) {
            return;
        }
        if (tunnel.standing().open()) {
            draft.note(NoteKind.OUTCOME, id, why);
        }
        new Steering(draft, repairs).withdraw(List.of(id), why);
        draft.unsteered(id);
        draft.unnamed(id);
        draft.drop(id);
        // SEE tells differences: if the peer comes back and its path is the same, we are not told again.
        Path path = tunnel.path().orElse(null);
        if (path != null && draft.early.now().size() < EARLY_PATHS) {
            draft.early.put(id, path);
        }
    }

    /** Visits the tunnels of a device; the visitor may change or remove the one that it is given. */
    private void forEachOf(String device, BiConsumer<TunnelId, TunnelState> visitor) {
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        int size = all.size();
        var ids = new ArrayList<TunnelId>();
        for (int i = 0; i < size; i++) {
            if (all.keyAt(i).device().equals(device)) {
                ids.add(all.keyAt(i));
            }
        }
        for (TunnelId id : ids) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null) {
                visitor.accept(id, tunnel);
            }
        }
    }
}
