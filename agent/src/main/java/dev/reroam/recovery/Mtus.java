package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceState.Clamp;
import dev.reroam.recovery.DeviceState.Limit;
import dev.reroam.recovery.Observation.MtuSeen;
import dev.reroam.recovery.Observation.RepairEnded;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whether a tunnel's largest packets fit the way that it takes now: said, and left to a person; or, where that is configured,
 * the device's MTU is lowered until none of its tunnels takes a way that needs it. Works on a {@link Draft}.
 */
final class Mtus {

    /** RFC 8200 section 5: IPv6 takes no link for one that carries less. */
    private static final int LEAST = 1280;

    private Mtus() {}

    /** It carries again: by another way, or by one that somebody in front has changed. */
    static void proved(Draft draft, TunnelId id, Damage damage) {
        boolean another = switch (damage.evidence()) {
            case PATH_CHANGED, UPLINK_SUSPECT, WAN_CHANGED, MAPPING_STUCK -> true;
            case UPLINK_RETURNED, TUNNEL_SILENT, DEVICE_RECREATED, INTERRUPTED, NAME_CHANGED, ASKED ->
                draft.config.clampMtu();
        };
        if (another) {
            ask(draft, id, damage.incident());
        }
    }

    /** Its way is another one, or is known for the first time. Whoever only reports waits until it carries there. */
    static void moved(Draft draft, TunnelId id) {
        if (draft.config.clampMtu()) {
            ask(draft, id, draft.incident.map(Incident::number).orElse(0L));
        }
    }

    private static void ask(Draft draft, TunnelId id, long incident) {
        TunnelState tunnel = draft.tunnel(id);
        DeviceState device = draft.device(id.device());
        if (tunnel != null
                && device != null
                && !draft.config.observeOnly()
                && tunnel.path().orElse(null) instanceof Path.Via via) {
            var former =
                    device.clamp().map(clamp -> OptionalInt.of(clamp.former())).orElse(OptionalInt.empty());
            draft.act(new Action.MeasureMtu(id, incident, device.facts().interfaceIndex(), via, former));
        }
    }

    /** It is known how large they may be. */
    static void take(Draft draft, MtuSeen seen) {
        DeviceState device = draft.device(seen.tunnel().device());
        TunnelState tunnel = draft.tunnel(seen.tunnel());
        if (device == null || tunnel == null) {
            return;
        }
        boolean fits = seen.passes() >= seen.largest();
        if (!draft.config.clampMtu() || draft.observed(device)) {
            if (!fits) {
                say(draft, seen);
            }
        } else if (tunnel.path().equals(Optional.of(seen.way()))) {
            Clamp clamp = device.clamp().orElseGet(() -> Clamp.of(seen.mtu()));
            String peer = seen.tunnel().peer();
            var limits = new ArrayList<>(clamp.limits());
            limits.removeIf(limit -> limit.peer().equals(peer));
            if (!fits) {
                int fitting = Math.max(LEAST, seen.mtu() - (seen.largest() - seen.passes()));
                limits.add(new Limit(peer, seen.way(), Math.min(clamp.former(), fitting)));
                if (!clamp.limits().contains(limits.getLast())) {
                    say(draft, seen);
                }
            }
            draft.put(device.withClamp(Optional.of(clamp.with(limits))));
        }
    }

    private static void say(Draft draft, MtuSeen seen) {
        if (seen.incident() == 0) {
            // Nothing has happened but that it was looked at.
            return;
        }
        draft.note(
                seen.incident(),
                NoteKind.SEEN,
                Optional.of(seen.tunnel()),
                "packets of " + seen.largest() + " bytes do not get through over "
                        + seen.way().interfaceName() + " in one piece, " + seen.passes() + " do: the MTU of "
                        + seen.tunnel().device() + " is " + (seen.largest() - seen.passes()) + " too large there");
    }

    /** A change of an MTU may have been made. One that was refused is not tried again before another is needed. */
    static void ended(Draft draft, RepairEnded ended) {
        for (int i = 0; i < draft.devices().size(); i++) {
            DeviceState device = draft.devices().valueAt(i);
            Clamp clamp = device.clamp().orElse(null);
            if (clamp == null || clamp.repair() != ended.repair()) {
                continue;
            }
            boolean done = ended.outcome() instanceof RepairOutcome.Done;
            boolean ours = done || ended.outcome() instanceof RepairOutcome.Refused;
            // What somebody else has set meanwhile, or has gone, is ours no more.
            draft.put(device.withClamp(ours ? Optional.of(clamp.ended(done)) : Optional.empty()));
        }
    }

    /** What ends a limit is seen, and never due: its tunnel is gone, or takes another way. One change at a time. */
    static void due(Draft draft) {
        for (int i = 0; draft.config.clampMtu() && i < draft.devices().size(); i++) {
            DeviceState device = draft.devices().valueAt(i);
            if (device.clamp().isPresent()) {
                due(draft, device, device.clamp().get());
            }
        }
    }

    private static void due(Draft draft, DeviceState device, Clamp before) {
        String name = device.facts().name();
        Clamp clamp = before.with(before.limits().stream()
                .filter(limit -> stands(draft, new TunnelId(name, limit.peer()), limit))
                .toList());
        int wanted = clamp.wanted();
        if (clamp.repair() == 0 && wanted == clamp.now()) {
            draft.put(device.withClamp(
                    clamp.limits().isEmpty() ? Optional.empty() : Optional.of(clamp.asking(wanted, 0))));
            return;
        }
        if (clamp.repair() == 0 && wanted != clamp.asked() && !draft.observed(device)) {
            long repair = draft.repairNumber();
            draft.act(new Action.SetMtu(repair, device.facts(), clamp.now(), wanted, clamp.former()));
            if (draft.incident.isPresent()) {
                draft.note(
                        NoteKind.STEP,
                        Optional.empty(),
                        "the MTU of " + name + " becomes " + wanted + " instead of " + clamp.now());
            }
            clamp = clamp.asking(wanted, repair);
        }
        if (!clamp.equals(before)) {
            draft.put(device.withClamp(Optional.of(clamp)));
        }
    }

    private static boolean stands(Draft draft, TunnelId id, Limit limit) {
        TunnelState tunnel = draft.tunnel(id);
        return tunnel != null && tunnel.path().equals(Optional.of(limit.way()));
    }
}
