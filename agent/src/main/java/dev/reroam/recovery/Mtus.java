package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceState.Clamp;
import dev.reroam.recovery.DeviceState.Limit;
import dev.reroam.recovery.Observation.MtuSeen;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whether a tunnel's largest packets fit the way that it takes now: said, and left to a person; or, where that is configured,
 * the device's MTU is lowered until none of its tunnels needs that. Works on a {@link Draft}.
 */
final class Mtus {

    /** RFC 8200 section 5: IPv6 takes no link for one that carries less. */
    private static final int LEAST = 1280;

    private Mtus() {}

    /** It carries again: by another way, or by one that somebody in front has changed. */
    static void ask(Draft draft, TunnelId id, Damage damage) {
        TunnelState tunnel = draft.tunnel(id);
        DeviceState device = draft.device(id.device());
        boolean another = switch (damage.evidence()) {
            case PATH_CHANGED, UPLINK_SUSPECT, WAN_CHANGED, MAPPING_STUCK -> true;
            case UPLINK_RETURNED, TUNNEL_SILENT, DEVICE_RECREATED, INTERRUPTED, NAME_CHANGED, ASKED -> false;
        };
        if (another
                && tunnel != null
                && device != null
                && !draft.config.observeOnly()
                && tunnel.path().orElse(null) instanceof Path.Via via) {
            var former =
                    device.clamp().map(clamp -> OptionalInt.of(clamp.former())).orElse(OptionalInt.empty());
            draft.act(
                    new Action.MeasureMtu(id, damage.incident(), device.facts().interfaceIndex(), via, former));
        }
    }

    /** It is known how large they may be. */
    static void take(Draft draft, MtuSeen seen) {
        DeviceState device = draft.device(seen.tunnel().device());
        if (device == null || draft.tunnel(seen.tunnel()) == null) {
            return;
        }
        if (draft.config.clampMtu() && !draft.observed(device)) {
            clamp(draft, device, seen);
        } else if (seen.passes() < seen.largest()) {
            say(
                    draft,
                    seen,
                    NoteKind.SEEN,
                    tooLarge(seen) + ": the MTU of " + seen.tunnel().device() + " is "
                            + (seen.largest() - seen.passes()) + " too large there");
        }
    }

    private static void clamp(Draft draft, DeviceState device, MtuSeen seen) {
        Optional<Clamp> before = device.clamp();
        int former = before.map(Clamp::former).orElse(seen.mtu());
        var limits = new ArrayList<>(before.map(Clamp::limits).orElse(List.of()));
        String name = device.facts().name();
        limits.removeIf(limit ->
                limit.peer().equals(seen.tunnel().peer()) || draft.tunnel(new TunnelId(name, limit.peer())) == null);
        boolean fits = seen.passes() >= seen.largest();
        if (!fits) {
            int fitting = seen.mtu() - (seen.largest() - seen.passes());
            limits.add(new Limit(seen.tunnel().peer(), Math.min(former, Math.max(LEAST, fitting))));
        }
        var next = limits.isEmpty() ? Optional.<Clamp>empty() : Optional.of(new Clamp(former, limits));
        int from = before.map(Clamp::mtu).orElse(former);
        int to = next.map(Clamp::mtu).orElse(former);
        draft.put(device.withClamp(next));
        if (to != from) {
            say(
                    draft,
                    seen,
                    NoteKind.STEP,
                    (fits ? "all packets get through over " + seen.over() + " in one piece" : tooLarge(seen))
                            + ": the MTU of " + name + " becomes " + to + " instead of " + from);
            draft.act(new Action.SetMtu(draft.repairNumber(), device.facts(), from, to, former));
        }
    }

    private static String tooLarge(MtuSeen seen) {
        return "packets of " + seen.largest() + " bytes do not get through over " + seen.over() + " in one piece, "
                + seen.passes() + " do";
    }

    private static void say(Draft draft, MtuSeen seen, NoteKind kind, String what) {
        draft.note(seen.incident(), kind, Optional.of(seen.tunnel()), what);
    }
}
