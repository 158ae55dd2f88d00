package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.PeerRefresh;
import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The refreshes, echoes and readings that are due, paced. Works on a {@link Draft}. */
final class Sending {

    private final Draft draft;

    Sending(Draft draft) {
        this.draft = draft;
    }

    void run() {
        refresh();
        echo();
        read();
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
            long next = nextRefresh(attempt, facts);
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

    /** Where nobody can be asked the refreshes are all that the far side hears, and a line may lose two in a row. */
    private long nextRefresh(Attempt attempt, PeerFacts facts) {
        return switch (attempt.refreshes()) {
            case 0 -> draft.now + draft.config.repeatAfter();
            case 1 -> facts.canBeAsked() ? Attempt.NONE : draft.now + draft.config.echoUnanswered();
            default -> Attempt.NONE;
        };
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
            DeviceState device = draft.device(id.device());
            if (!tunnel.facts().canBeAsked() || device == null || attempt.echoes() >= schedule.size()) {
                draft.putAt(i, tunnel.with(repairing.with(attempt.withNextEcho(Attempt.NONE))));
                continue;
            }
            draft.act(question(id, tunnel.facts(), device.facts().interfaceIndex(), attempt.echoes()));
            int sent = attempt.echoes() + 1;
            long next = sent < schedule.size() ? attempt.refreshedAt() + schedule.get(sent) : Attempt.NONE;
            draft.putAt(i, tunnel.with(repairing.with(attempt.echoed(draft.now, Math.max(next, draft.now + 1)))));
        }
    }

    /**
     * The next question to a tunnel that can be asked one. An address last seen may belong to nobody by now: where there is
     * somebody else to ask, through the tunnel, they take turns.
     */
    Action question(TunnelId id, PeerFacts facts, int by, int asked) {
        boolean through = facts.probe().isEmpty() && !facts.everything().isEmpty() && asked % 2 == 1;
        return facts.echoTarget()
                .filter(target -> !through)
                .<Action>map(target -> new Action.SendEcho(id, draft.echoNumber(), by, target))
                .orElseGet(() -> new Action.AskThroughTunnel(
                        id,
                        draft.echoNumber(),
                        by,
                        facts.everything().iterator().next()));
    }

    private void read() {
        List<Long> pauses = draft.config.readEvery();
        for (int d = 0; d < draft.devices().size(); d++) {
            DeviceState device = draft.devices().valueAt(d);
            if (device.readNext() > draft.now) {
                continue;
            }
            if (!anyAwaitsProof(device.facts().name())) {
                draft.put(device.withReading(Attempt.NONE, 0));
                continue;
            }
            draft.read(device.facts().name());
            long pause = pauses.get(Math.min(device.readings(), pauses.size() - 1));
            draft.put(device.withReading(draft.now + pause, device.readings() + 1));
        }
    }

    private boolean anyAwaitsProof(String device) {
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            if (awaitsProof(all.valueAt(i).standing()) && all.keyAt(i).device().equals(device)) {
                return true;
            }
        }
        return false;
    }

    /** Under repair; or one that we only watch, for as long as its session may still live. */
    private boolean awaitsProof(Standing standing) {
        return standing instanceof Repairing
                || (standing instanceof GivenUp givenUp
                        && givenUp.verdict() == Verdict.ONLY_OBSERVED
                        && draft.now - givenUp.since() < draft.config.activeFor());
    }
}
