package dev.reroam.portmap;

import dev.reroam.portmap.Port.Permission;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.upnp.UpnpClient;
import java.util.Map;

/** When is everything asked for anew, and what of what was believed is dropped then? A part of {@link UplinkStep}. */
final class Remapping {

    private final Draft draft;
    private final Signs signs;
    private final Probes probes;

    Remapping(Draft draft, Signs signs, Probes probes) {
        this.draft = draft;
        this.signs = signs;
        this.probes = probes;
    }

    /** What happened and whose time it is. */
    void follow() {
        for (Cause cause : Cause.values()) {
            Damping damping = signs.damping(cause);
            if (damping.dueAt() <= draft.now) {
                draft.dampings.put(cause, damping.followed(cause.slows(), draft.now));
                damping.news().ifPresent(draft::tell);
                mapAnew(cause);
            }
        }
    }

    /** Has every port asked for again. */
    private void mapAnew(Cause cause) {
        if (cause == Cause.CHECK) {
            draft.presence.replaceAll(
                    (protocol, known) -> known instanceof Presence.Absent ? new Presence.Unknown() : known);
            draft.probes = 0;
        }
        findAgain();
        draft.ports.replaceAll((wanted, port) -> port.permission() == Permission.ASKED
                ? port
                : port.withRefused(Map.of()).withFailures(0).at(Math.min(port.nextAt(), draft.now)));
        draft.probeAt = Math.min(draft.probeAt, draft.now);
    }

    /** A UPnP device that started anew is looked for, although another protocol maps: its events are wanted. */
    private void findAgain() {
        boolean maps = draft.ports.values().stream()
                .anyMatch(port -> port.trace()
                        .filter(trace -> trace.protocol() == Protocol.UPNP)
                        .isPresent());
        if (!maps
                && draft.presence.get(Protocol.UPNP) instanceof Presence.There
                && draft.clients.get(Protocol.UPNP) instanceof UpnpClient upnp
                && upnp.found().isEmpty()
                && !upnp.busy()) {
            probes.probe(Protocol.UPNP);
        }
    }
}
