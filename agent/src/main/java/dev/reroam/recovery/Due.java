package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Standing.Held;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Standing.Stranded;
import dev.reroam.recovery.Transitions.Sign;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whatever the clock says is due, run at the end of each step, and when to look again. Works on a {@link Draft}. */
final class Due {

    private final Draft draft;
    private final Repairs repairs;

    Due(Draft draft, Repairs repairs) {
        this.draft = draft;
        this.repairs = repairs;
    }

    /** Does what is due, and says when the incident is to be closed; later than now, or {@link Attempt#NONE}. */
    long run() {
        if (draft.agenda().due(draft.now)) {
            new Upstream(draft, repairs).due();
            new UplinkSigns(draft, repairs).due();
            new Suspecting(draft, repairs).due();
            new NameSigns(draft, repairs).due();
            boundsAndHolds();
            climb();
            new Steering(draft, repairs).due();
            new Sending(draft).run();
            // After it: whatever is looked for has the higher number.
            new Forgetting(draft).due();
            restorePorts();
            draft.agendaAnew();
        }
        NodeSteering.due(draft);
        Nodes.due(draft);
        NodeControl.due(draft);
        // What ends it is seen, and never due.
        SourcePorts.due(draft);
        Mtus.due(draft);
        Incident open = draft.incident.orElse(null);
        boolean nodeOpen = draft.node().filter(NodeState::open).isPresent();
        if (open == null || draft.agenda().open() > 0 || nodeOpen) {
            return Attempt.NONE;
        }
        long closesAt = open.lastAt() + draft.config.quietFor();
        if (closesAt <= draft.now) {
            close(open);
            return Attempt.NONE;
        }
        return closesAt;
    }

    private void boundsAndHolds() {
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelId id = draft.tunnels().keyAt(i);
            TunnelState tunnel = draft.tunnels().valueAt(i);
            if (tunnel.standing() instanceof Held held && held.until() <= draft.now) {
                repairs.evidence(id, Sign.HOLD_OVER, Evidence.PATH_CHANGED, true, "the path held");
                if (draft.tunnels().valueAt(i).standing() == held) {
                    // The ladder says to leave it alone.
                    draft.putAt(i, tunnel.with(new Resting(draft.now)));
                }
            } else if (tunnel.standing() instanceof Stranded stranded
                    && !stranded.parked()
                    && stranded.since() + draft.config.strandedFor() <= draft.now) {
                draft.putAt(i, tunnel.with(stranded.park()));
                draft.note(NoteKind.OUTCOME, id, stranded.why() + ": goes on waiting, but not in this incident");
            } else if (tunnel.standing() instanceof Repairing repairing
                    && Proving.bound(tunnel, repairing.attempt(), draft) <= draft.now) {
                bound(i, id, tunnel, repairing);
            }
        }
    }

    private void bound(int index, TunnelId id, TunnelState tunnel, Repairing repairing) {
        Attempt attempt = repairing.attempt();
        long silentUntil = attempt.refreshedAt() + draft.config.silentBound();
        boolean hears = tunnel.activity().receivedSince() > attempt.refreshedAt();
        if (Proving.receivedCounts(tunnel, repairing, draft)) {
            Proving.received(repairs, id, tunnel);
        } else if ((hears && draft.now < silentUntil) || outerInTrouble(id, tunnel)) {
            // It hears something, if perhaps over the way before; or what carries it is itself being repaired.
            long later = draft.now + draft.config.echoUnanswered();
            draft.putAt(index, tunnel.with(repairing.with(attempt.withWaitUntil(later))));
        } else if (attempt.answerOwed()) {
            draft.putAt(index, tunnel.with(repairing.with(attempt.withFailed())));
            Upstream.ask(draft, tunnel);
            new NameSigns(draft, repairs).ask(id);
        } else {
            repairs.settle(id, repairing.damage());
        }
    }

    private boolean outerInTrouble(TunnelId inner, TunnelState tunnel) {
        for (DeviceState device : draft.devices().values()) {
            String name = device.facts().name();
            if (device.facts().interfaceIndex() == tunnel.leavesBy()
                    && !name.equals(inner.device())
                    && Agenda.anyOpen(draft, name)) {
                return true;
            }
        }
        return false;
    }

    private void climb() {
        Map<String, List<TunnelId>> failed = new TreeMap<>();
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            if (all.valueAt(i).standing() instanceof Repairing repairing
                    && repairing.attempt().failed()) {
                failed.computeIfAbsent(all.keyAt(i).device(), name -> new ArrayList<>())
                        .add(all.keyAt(i));
            }
        }
        for (int i = 0; i < all.size() && !failed.isEmpty(); i++) {
            Standing standing = all.valueAt(i).standing();
            boolean waits = standing instanceof Repairing repairing
                    && !repairing.attempt().failed();
            // One whose path flaps carries, or will be repaired: it is not decided either.
            if (waits || standing instanceof Held) {
                failed.remove(all.keyAt(i).device());
            }
        }
        var climbing = new Climbing(draft, repairs);
        var steering = new Steering(draft, repairs);
        var resolving = new Resolving(draft, repairs);
        failed.forEach((device, tunnels) -> climbing.climb(
                device,
                tunnels.stream()
                        .filter(id -> !steering.failed(id) && !resolving.failed(id))
                        .toList()));
    }

    private void restorePorts() {
        for (int d = 0; d < draft.devices().size(); d++) {
            DeviceState device = draft.devices().valueAt(d);
            if (device.trial().filter(DeviceState.PortTrial::changed).isPresent()
                    && !Agenda.anyOpen(draft, device.facts().name())) {
                Ports.restore(draft, device);
            }
        }
    }

    private void close(Incident open) {
        draft.note(NoteKind.CLOSED, Optional.empty(), summary(open));
        open.written().keySet().forEach(draft::repairOver);
        draft.incident = Optional.empty();
    }

    private static String summary(Incident incident) {
        int quiet = Math.max(0, incident.affected() - incident.proved() - incident.givenUp());
        return incident.affected() + " affected, " + incident.proved() + " carry again, " + incident.givenUp()
                + " given up, " + quiet + " quiet or gone";
    }
}
