package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Standing.Quiet;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Standing.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The way up the ladder: when the time of all of a device's tunnels is over, those that failed go on to the next rung
 * together, since the rungs above refresh reach the whole device. Works on a {@link Draft}.
 */
final class Climbing {

    /** Ours: a note is for people. */
    private static final int NAMED = 3;

    private final Draft draft;
    private final Repairs repairs;

    Climbing(Draft draft, Repairs repairs) {
        this.draft = draft;
        this.repairs = repairs;
    }

    /** Decides for the failed tunnels of one device, of which none is waiting any more. */
    void climb(String name, List<TunnelId> failed) {
        DeviceState device = draft.device(name);
        if (device == null || failed.isEmpty()) {
            return;
        }
        Rung reached = Rung.CLEAR;
        boolean entry = true;
        for (TunnelId id : failed) {
            Attempt attempt = attempt(id);
            Rung rung = attempt.rung();
            if (rung == Rung.SOURCE_PORT && !attempt.started()) {
                // Nobody can do it here: what was passed over for it has its turn.
                rung = Rung.REFRESH;
            }
            reached = rung.compareTo(reached) > 0 ? rung : reached;
            entry &= !attempt.started();
        }
        Set<Need> unmet = new TreeSet<>();
        for (Rung rung : draft.ladder.above(reached)) {
            // Of a name each address is tried once, of whichever peer.
            if (rung != Rung.RESOLVE && draft.joined().tried(name).contains(rung)) {
                continue;
            }
            if (rung == Rung.PERSON) {
                break;
            }
            List<Need> missing = missing(draft.ladder.row(rung).needs(), device, failed, entry);
            if (missing.isEmpty()) {
                if (rung == Rung.RESTART_OWNER && waits(name, failed)) {
                    return;
                }
                run(rung, device, failed);
                return;
            }
            unmet.addAll(missing);
            String needs = missing.stream().map(Need::toString).collect(Collectors.joining(", "));
            String why = rung == Rung.RESOLVE ? said(failed) : "";
            draft.note(
                    NoteKind.SKIPPED, Optional.empty(), Ladder.word(rung) + " of " + name + " needs: " + needs + why);
        }
        for (TunnelId id : failed) {
            conclude(id, device, unmet);
        }
    }

    /** Whether a rung that ACT was asked for may still be run, and somebody still waits for it. */
    boolean wants(Rung rung, Action.Repair asked) {
        DeviceState device = draft.device(asked.device().name());
        if (device == null) {
            return false;
        }
        List<TunnelId> waiting = Outcomes.begunBy(draft, asked.repair());
        Set<Need> needs = new TreeSet<>(draft.ladder.row(rung).needs());
        // It was, before this rung; the rung itself has sent nothing yet.
        needs.remove(Need.ANSWER_OWED);
        return !waiting.isEmpty() && missing(needs, device, waiting, false).isEmpty();
    }

    private List<Need> missing(Set<Need> needs, DeviceState device, List<TunnelId> failed, boolean entry) {
        var missing = new ArrayList<Need>();
        for (Need need : Need.values()) {
            if (needs.contains(need)
                    && !switch (need) {
                        case SETTABLE_DEVICE -> !draft.observed(device);
                        case ANSWER_OWED -> entry || failed.stream().anyMatch(this::owed);
                        case NO_PEER_CARRIES -> !anyOther(device, failed, Resting.class);
                        case NO_PEER_QUIET -> !anyOther(device, failed, Quiet.class);
                        case MAPPING_LIVES -> failed.stream().noneMatch(id -> stuck(id) || mayBeStuck(id, device));
                        case OTHER_UPLINK -> failed.stream().anyMatch(this::mayLeave);
                        case OTHER_ADDRESS -> failed.stream().anyMatch(new Resolving(draft, repairs)::mayHelp);
                        case FREE_PORT -> device.facts().portUse() == PortUse.FREE;
                        case FIXED_PORT -> device.facts().portUse() == PortUse.FIXED;
                        case WAY_CHANGED -> failed.stream().allMatch(this::changed);
                        case OWNER -> device.facts().restartable();
                    }) {
                missing.add(need);
            }
        }
        return missing;
    }

    /** What is known of the names of some of them. */
    private String said(List<TunnelId> failed) {
        String said = failed.stream()
                .map(new Resolving(draft, repairs)::said)
                .filter(text -> !text.isEmpty())
                .distinct()
                .limit(NAMED)
                .collect(Collectors.joining("; "));
        return said.isEmpty() ? "" : " (" + said + ")";
    }

    private boolean stuck(TunnelId id) {
        return evidence(id).filter(Evidence.MAPPING_STUCK::equals).isPresent();
    }

    /**
     * Nothing changed in this box, so no new socket helps, and the tunnel answers nothing from the port that it had. Where that
     * is fixed its packets can leave from another, which is as easily taken back; to leave the port itself waits for more.
     */
    private boolean mayBeStuck(TunnelId id, DeviceState device) {
        return device.facts().portUse() == PortUse.FIXED
                && !draft.joined().tried(id.device()).contains(Rung.SOURCE_PORT)
                && evidence(id).filter(Evidence.WAN_CHANGED::equals).isPresent();
    }

    /** Whether a NAT on its way may hold on to what was before; what only fell silent has a bad line, mostly. */
    private boolean changed(TunnelId id) {
        return evidence(id)
                .filter(evidence -> switch (evidence) {
                    case PATH_CHANGED, UPLINK_RETURNED, WAN_CHANGED, MAPPING_STUCK, INTERRUPTED, ASKED -> true;
                    case UPLINK_SUSPECT, TUNNEL_SILENT, DEVICE_RECREATED, NAME_CHANGED -> false;
                })
                .isPresent();
    }

    private Optional<Evidence> evidence(TunnelId id) {
        return Optional.ofNullable(draft.tunnel(id))
                .flatMap(tunnel -> tunnel.standing().damaged())
                .map(Damage::evidence);
    }

    private boolean mayLeave(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        return tunnel != null && new Steering(draft, repairs).mayHelp(tunnel);
    }

    private boolean owed(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        return tunnel != null && attempt(id).answerOwed();
    }

    /** Whether another peer of the device shows life and stands so. */
    private boolean anyOther(DeviceState device, List<TunnelId> failed, Class<? extends Standing> kind) {
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            TunnelId id = all.keyAt(i);
            TunnelState tunnel = all.valueAt(i);
            if (id.device().equals(device.facts().name())
                    && !failed.contains(id)
                    && kind.isInstance(tunnel.standing())
                    && Affected.active(tunnel, draft.now, draft.config)) {
                return true;
            }
        }
        return false;
    }

    /** WireGuard tries by itself for a while, and what helps without us is better than a restart; the rung before goes on. */
    private boolean waits(String name, List<TunnelId> failed) {
        long due = Attempt.NONE;
        for (TunnelId id : failed) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null && tunnel.standing() instanceof Repairing repairing) {
                due = Math.min(due, repairing.damage().since() + draft.config.restartAfter());
            }
        }
        if (due <= draft.now) {
            return false;
        }
        draft.note(
                NoteKind.SKIPPED,
                Optional.empty(),
                Ladder.word(Rung.RESTART_OWNER) + " of " + name + " waits for " + (due - draft.now) / 1_000_000_000L
                        + " s: WireGuard still tries by itself");
        for (TunnelId id : failed) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null && tunnel.standing() instanceof Repairing repairing) {
                Attempt waiting =
                        Attempt.due(repairing.attempt().rung(), 0, draft.now).withWaitUntil(due);
                draft.put(id, tunnel.with(repairing.with(waiting)));
            }
        }
        return true;
    }

    private void run(Rung rung, DeviceState device, List<TunnelId> failed) {
        String name = device.facts().name();
        if (rung == Rung.STEER) {
            new Steering(draft, repairs).begin(failed);
            return;
        }
        if (rung == Rung.RESOLVE) {
            new Resolving(draft, repairs).begin(failed);
            return;
        }
        draft.incident = draft.incident.map(open -> open.trying(name, rung));
        if (rung.onceAcrossACrash()) {
            draft.beginning(name);
        }
        draft.note(
                NoteKind.STEP,
                Optional.empty(),
                Ladder.word(rung) + " of " + name + ": " + failed.size()
                        + (failed.size() == 1 ? " tunnel does" : " tunnels do") + " not carry");
        long repair = switch (rung) {
            case REBIND -> {
                long number = draft.repairNumber();
                draft.act(new Action.Rebind(number, device.facts()));
                yield number;
            }
            case CONNTRACK -> {
                long number = draft.repairNumber();
                draft.act(new Action.ForgetFlows(number, device.facts(), flows(draft, failed)));
                yield number;
            }
            case NEW_PORT -> Ports.leave(draft, device);
            case SOURCE_PORT -> SourcePorts.rewrite(draft, device, flows(draft, failed));
            case RESTART_OWNER -> {
                long number = draft.repairNumber();
                draft.act(new Action.RestartOwner(number, device.facts()));
                yield number;
            }
            // The ladder calls a rung built that nothing here can run: a mistake in the table, told as one.
            case CLEAR, REFRESH, STEER, RESOLVE, HOST_ROUTE, PERSON ->
                throw new IllegalStateException("no such step: " + rung);
        };
        for (TunnelId id : failed) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null && tunnel.standing() instanceof Repairing repairing) {
                Attempt next = Attempt.begun(rung, repair, draft.now);
                draft.put(id, tunnel.with(repairing.with(next)));
            }
        }
        DeviceState current = draft.device(name);
        if (current != null) {
            draft.put(current.withReading(draft.now + draft.config.readEvery().getFirst(), 1));
        }
    }

    /** The outer packets of those that have a way. */
    static List<Action.PeerFlow> flows(Draft draft, List<TunnelId> tunnels) {
        var flows = new ArrayList<Action.PeerFlow>();
        for (TunnelId id : tunnels) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null && tunnel.path().orElse(null) instanceof Path.Via way) {
                tunnel.facts()
                        .endpoint()
                        .ifPresent(endpoint -> flows.add(new Action.PeerFlow(id.peer(), endpoint, way)));
            }
        }
        return flows;
    }

    private void conclude(TunnelId id, DeviceState device, Set<Need> unmet) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel == null || !(tunnel.standing() instanceof Repairing repairing)) {
            return;
        }
        if (unmet.contains(Need.NO_PEER_CARRIES)) {
            repairs.giveUp(
                    id,
                    repairing.damage(),
                    Verdict.WAITING_FOR_PEER,
                    "other tunnels of " + id.device() + " carry, so the far side must move first");
        } else if (device.facts().portUse() == PortUse.FIXED) {
            repairs.giveUp(
                    id,
                    repairing.damage(),
                    Verdict.WAITING_FOR_PEER,
                    "no answer, and the listen port is fixed: the far side must move first");
        } else if (unmet.contains(Need.NO_PEER_QUIET)) {
            repairs.giveUp(
                    id,
                    repairing.damage(),
                    Verdict.WAITING_FOR_PEER,
                    "no answer, and other tunnels of " + id.device() + " are merely quiet: their port stays");
        } else {
            repairs.giveUp(id, repairing.damage(), Verdict.NEEDS_PERSON, "no answer after " + tried(id, device));
        }
    }

    private String tried(TunnelId id, DeviceState device) {
        var words = new ArrayList<String>();
        words.add(Ladder.word(Rung.REFRESH));
        draft.joined().tried(device.facts().name()).forEach(rung -> words.add(Ladder.word(rung)));
        return String.join(", ", words) + ": is the far side there, and does " + id.device() + " have the right keys?";
    }

    private Attempt attempt(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel != null && tunnel.standing() instanceof Repairing repairing) {
            return repairing.attempt();
        }
        throw new IllegalStateException(id + " is not being repaired");
    }
}
