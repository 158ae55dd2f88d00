package dev.reroam.portmap;

import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Protocol;
import java.util.concurrent.TimeUnit;

/** When something is to be done next. */
final class Agenda {

    /**
     * NAT-PMP's question goes out behind PCP's to the same host and port. When it was answered and the other was not within
     * this long, the other will hardly be.
     */
    static final long GRACE_FOR_PCP = TimeUnit.MILLISECONDS.toNanos(10);

    /** UPnP costs more, and leaves more behind: the others have time for a lost packet or two. */
    static final long GRACE_BEFORE_UPNP = TimeUnit.MILLISECONDS.toNanos(600);

    private Agenda() {}

    static long of(UplinkMapper mapper) {
        if (mapper.ended()) {
            return GatewayClient.NEVER;
        }
        long next = mapper.stopping().map(Stopping::by).orElse(GatewayClient.NEVER);
        for (GatewayClient client : mapper.clients().values()) {
            next = Math.min(next, client.dueAt());
        }
        if (mapper.stopping().isEmpty()) {
            for (Damping damping : mapper.dampings().values()) {
                next = Math.min(next, damping.dueAt());
            }
        }
        for (Port port : mapper.ports().values()) {
            if (mapper.under().isEmpty()) {
                next = Math.min(next, Math.min(port.nextAt(), port.tracedUntil()));
            }
            if (port.mapping().isPresent()) {
                next = Math.min(next, port.mapping().get().expiresAt());
            }
        }
        boolean probing = false;
        for (Presence presence : mapper.presence().values()) {
            probing |= presence instanceof Presence.Probing;
        }
        if (!probing && wantsProbe(mapper.ports().values()) && mapper.stopping().isEmpty()) {
            next = Math.min(next, mapper.probeAt());
        }
        return next;
    }

    static boolean wantsProbe(Iterable<Port> ports) {
        for (Port port : ports) {
            if (port.desired() && port.mapping().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /**
     * How long a protocol waits for those before it, from the start of their probes.
     *
     * @param expected that one of them answers: it was not silent before
     */
    static long grace(Protocol protocol, boolean expected) {
        return protocol == Protocol.UPNP && expected ? GRACE_BEFORE_UPNP : GRACE_FOR_PCP;
    }
}
