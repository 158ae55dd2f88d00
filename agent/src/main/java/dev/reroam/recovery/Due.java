package dev.reroam.recovery;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.PeerRefresh;
import dev.reroam.recovery.Standing.Held;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Standing.Stranded;
import dev.reroam.recovery.Transitions.Sign;
import java.util.ArrayList;
import java.util.Comparator;
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
            boundsAndHolds();
            climb();
            refresh();
            echo();
            read();
            restorePorts();
            draft.agendaAnew();
        }
        Incident open = draft.incident.orElse(null);
        if (open == null || draft.agenda().open() > 0) {
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
            if (all.valueAt(i).standing() instanceof Repairing repairing
                    && !repairing.attempt().failed()) {
                failed.remove(all.keyAt(i).device());
            }
        }
        var climbing = new Climbing(draft, repairs);
        failed.forEach(climbing::climb);
    }

    private void refresh() {
        for (int d = 0; d < draft.devices().size(); d++) {
            DeviceState device = draft.devices().valueAt(d);
            if (draft.now < device.refreshFrom()) {
                continue;
            }
            List<TunnelId> due = refreshesDue(device.facts().name());
            if (due.isEmpty() && !device.clear()) {
                continue;
            }
            int batch = Math.min(draft.config.batchPeers(), due.size());
            boolean more = due.size() > batch;
            send(device, due.subList(0, batch));
            long next = draft.now + (more ? draft.config.batchSpacing() : draft.config.refreshSpacing());
            DeviceState current = draft.devices().valueAt(d);
            draft.put(current.refreshed(next));
        }
    }

    /** First those that had none yet, then the repeats; in each the most recently active first. */
    private List<TunnelId> refreshesDue(String device) {
        record Waiting(TunnelId id, int refreshes, long lastSign) {}
        var due = new ArrayList<Waiting>();
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            if (all.valueAt(i).standing() instanceof Repairing repairing
                    && repairing.attempt().refreshAt() <= draft.now
                    && all.keyAt(i).device().equals(device)) {
                due.add(new Waiting(all.keyAt(i), repairing.attempt().refreshes(), Affected.lastSign(all.valueAt(i))));
            }
        }
        due.sort(Comparator.comparingInt(Waiting::refreshes)
                .thenComparing(Comparator.comparingLong(Waiting::lastSign).reversed()));
        return due.stream().map(Waiting::id).toList();
    }

    private void send(DeviceState device, List<TunnelId> peers) {
        long repair = draft.repairNumber();
        var refreshes = new ArrayList<PeerRefresh>(peers.size());
        boolean again = false;
        for (TunnelId id : peers) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel == null || !(tunnel.standing() instanceof Repairing repairing)) {
                continue;
            }
            PeerFacts facts = tunnel.facts();
            refreshes.add(new PeerRefresh(facts.key(), facts.endpoint(), facts.keepaliveSeconds()));
            Attempt attempt = repairing.attempt();
            again |= attempt.started();
            long next = attempt.started() ? Attempt.NONE : draft.now + draft.config.repeatAfter();
            Damage damage =
                    attempt.started() ? repairing.damage() : repairing.damage().withFirstEcho(draft.echoesFrom());
            draft.put(id, tunnel.with(new Repairing(damage, attempt.refreshed(repair, draft.now, next))));
        }
        draft.act(new Action.Refresh(repair, device.facts(), refreshes));
        String name = device.facts().name();
        draft.note(
                NoteKind.STEP,
                Optional.empty(),
                refreshes.isEmpty()
                        ? "clear stale sources of " + name + ": its peers are asleep"
                        : "refresh " + refreshes.size() + (refreshes.size() == 1 ? " peer of " : " peers of ") + name
                                + (again ? ", again" : ""));
    }

    private void echo() {
        List<Long> schedule = draft.config.echoAt();
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelState tunnel = draft.tunnels().valueAt(i);
            if (!(tunnel.standing() instanceof Repairing repairing)
                    || repairing.attempt().echoAt() > draft.now) {
                continue;
            }
            TunnelId id = draft.tunnels().keyAt(i);
            Attempt attempt = repairing.attempt();
            IpAddress probe = tunnel.facts().probe().orElse(null);
            DeviceState device = draft.device(id.device());
            if (probe == null || device == null || attempt.echoes() >= schedule.size()) {
                draft.putAt(i, tunnel.with(repairing.with(attempt.withNextEcho(Attempt.NONE))));
                continue;
            }
            draft.act(new Action.SendEcho(id, draft.echoNumber(), device.facts().interfaceIndex(), probe));
            int sent = attempt.echoes() + 1;
            long next = sent < schedule.size() ? attempt.refreshedAt() + schedule.get(sent) : Attempt.NONE;
            draft.putAt(i, tunnel.with(repairing.with(attempt.echoed(draft.now, Math.max(next, draft.now + 1)))));
        }
    }

    private void read() {
        List<Long> pauses = draft.config.readEvery();
        for (int d = 0; d < draft.devices().size(); d++) {
            DeviceState device = draft.devices().valueAt(d);
            if (device.readNext() > draft.now) {
                continue;
            }
            if (!anyRepairing(device.facts().name())) {
                draft.put(device.withReading(Attempt.NONE, 0));
                continue;
            }
            draft.read(device.facts().name());
            long pause = pauses.get(Math.min(device.readings(), pauses.size() - 1));
            draft.put(device.withReading(draft.now + pause, device.readings() + 1));
        }
    }

    private boolean anyRepairing(String device) {
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            if (all.valueAt(i).standing() instanceof Repairing
                    && all.keyAt(i).device().equals(device)) {
                return true;
            }
        }
        return false;
    }

    private void restorePorts() {
        for (int d = 0; d < draft.devices().size(); d++) {
            DeviceState device = draft.devices().valueAt(d);
            if (device.trial().isPresent()
                    && !Agenda.anyOpen(draft, device.facts().name())) {
                Ports.restore(draft, device);
            }
        }
    }

    private void close(Incident open) {
        draft.note(NoteKind.CLOSED, Optional.empty(), summary(open));
        draft.incident = Optional.empty();
    }

    private static String summary(Incident incident) {
        int quiet = Math.max(0, incident.affected() - incident.proved() - incident.givenUp());
        return incident.affected() + " affected, " + incident.proved() + " carry again, " + incident.givenUp()
                + " given up, " + quiet + " quiet or gone";
    }
}
