package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import java.util.Optional;

/** Whether a tunnel's largest packets fit the way that it takes now: said, and left to a person. Works on a {@link Draft}. */
final class Mtus {

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
            draft.act(
                    new Action.MeasureMtu(id, damage.incident(), device.facts().interfaceIndex(), via));
        }
    }

    /** It does not fit. */
    static void take(Draft draft, Observation.MtuSeen seen) {
        if (draft.tunnel(seen.tunnel()) != null) {
            draft.note(
                    seen.incident(),
                    NoteKind.SEEN,
                    Optional.of(seen.tunnel()),
                    "packets of " + seen.largest() + " bytes do not get through over " + seen.over() + " in one piece, "
                            + seen.passes() + " do: the MTU of " + seen.tunnel().device() + " is "
                            + (seen.largest() - seen.passes()) + " too large there");
        }
    }
}
