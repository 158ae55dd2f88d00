package dev.reroam.portmap;

import dev.reroam.portmap.Port.Permission;
import dev.reroam.portmap.Port.Trace;
import dev.reroam.portmap.UplinkMapper.Under;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Stimulus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What is done for a port now, and by which protocol? What is in the table and not wanted, or was made by a protocol that now
 * says no, is deleted by the protocol that made it; what is there is renewed by it; what is not is mapped by the first
 * protocol that is there. A part of {@link UplinkStep}.
 */
final class Operations {

    private final Draft draft;
    private final Clients clients;

    Operations(Draft draft, Clients clients) {
        this.draft = draft;
        this.clients = clients;
    }

    /**
     * What has run out is not there any more. What nobody wants any more is asked to go until the gateway answers: it may
     * have granted a longer lease than was asked for, in an answer that was lost.
     */
    void runOut() {
        for (Port known : List.copyOf(draft.ports.values())) {
            boolean over = known.mapping().isPresent() && known.mapping().get().expiresAt() <= draft.now;
            Port port = over ? draft.lose(known, "the lease ran out") : known;
            if (draft.under.isEmpty() && port.tracedUntil() <= draft.now) {
                draft.put(port.withTrace(Optional.empty()));
            }
        }
    }

    /** Begins what is due, one operation at a time for all ports. */
    void begin() {
        for (Port port : List.copyOf(draft.ports.values())) {
            if (draft.under.isPresent()) {
                return;
            }
            if (port.nextAt() <= draft.now || isHeardAgain(port)) {
                decide(port);
            }
        }
    }

    /** It waited for a protocol that was silent and is not any more. */
    private boolean isHeardAgain(Port port) {
        return port.nextAt() == GatewayClient.NEVER
                && port.permission() != Permission.ASKED
                && port.trace()
                        .map(trace -> draft.presence.get(trace.protocol()))
                        .filter(known -> known instanceof Presence.There
                                || (known instanceof Presence.Absent absent && absent.answered()))
                        .isPresent();
    }

    private void decide(Port port) {
        if (port.trace().isPresent()) {
            var trace = port.trace().get();
            boolean deletes = !port.desired() || refused(port, trace.protocol()) || answeredNo(trace.protocol());
            if (!deletes && port.mapping().isEmpty() && wasSilent(trace.protocol())) {
                // It goes on when the gateway is heard again; no other protocol takes its place meanwhile.
                var held = new Trace(trace.protocol(), trace.externalPort(), GatewayClient.NEVER, trace.confirmed());
                draft.put(port.withTrace(Optional.of(held)).at(GatewayClient.NEVER));
            } else {
                begin(port, trace.protocol(), deletes, trace.externalPort());
            }
        } else if (!port.desired()) {
            draft.ports.remove(port.wanted());
        } else {
            choose(port);
        }
    }

    private boolean answeredNo(Protocol protocol) {
        return draft.presence.get(protocol) instanceof Presence.Absent absent && absent.answered();
    }

    private boolean wasSilent(Protocol protocol) {
        return draft.presence.get(protocol) instanceof Presence.Absent absent && !absent.answered();
    }

    private boolean refused(Port port, Protocol protocol) {
        return refusedUntil(port, protocol) > draft.now;
    }

    private long refusedUntil(Port port, Protocol protocol) {
        return port.refusedUntil().getOrDefault(protocol, draft.now);
    }

    private void choose(Port port) {
        long wait = GatewayClient.NEVER;
        long probingSince = GatewayClient.NEVER;
        boolean expected = false;
        for (Protocol protocol : Protocol.values()) {
            Presence known = draft.presence.getOrDefault(protocol, new Presence.Absent(true, "not for this family"));
            if (known instanceof Presence.Probing probing) {
                probingSince = Math.min(probingSince, probing.since());
                expected |= !probing.wasSilent();
            } else if (known instanceof Presence.There && refused(port, protocol)) {
                wait = Math.min(wait, refusedUntil(port, protocol));
            } else if (known instanceof Presence.There) {
                long from = probingSince == GatewayClient.NEVER
                        ? draft.now
                        : probingSince + Agenda.grace(protocol, expected);
                if (from > draft.now) {
                    draft.put(port.at(from));
                } else {
                    begin(port, protocol, false, port.wanted().internalPort());
                }
                return;
            }
        }
        // A probe's end wakes it, or the end of the first refusal.
        draft.put(port.at(wait));
    }

    private void begin(Port port, Protocol protocol, boolean deletes, int externalPort) {
        GatewayClient client = draft.clients.get(protocol);
        if (client == null || client.busy()) {
            // It is probing; that ends within seconds.
            draft.put(port.at(client == null ? GatewayClient.NEVER : Math.max(draft.now + 1, client.dueAt())));
            return;
        }
        boolean hadTrace = port.trace().isPresent();
        draft.under = Optional.of(new Under(protocol, port.wanted(), deletes, hadTrace));
        clients.stimulate(
                protocol,
                new Stimulus.Ask(
                        deletes
                                ? new Operation.Delete(port.wanted(), externalPort)
                                : map(port, protocol, externalPort)));
    }

    private Operation map(Port port, Protocol protocol, int externalPort) {
        boolean permanent = protocol == Protocol.UPNP && port.permission() == Permission.GIVEN;
        // Before the answer: if none comes, it may be there all the same, or be renewed.
        long asked = permanent ? GatewayClient.NEVER : draft.now + TimeUnit.SECONDS.toNanos(Pace.LIFETIME_SECONDS);
        long until = Math.max(asked, port.trace().map(Trace::until).orElse(asked));
        boolean confirmed = port.trace().map(Trace::confirmed).orElse(false);
        draft.put(port.withTrace(Optional.of(new Trace(protocol, externalPort, until, confirmed))));
        return new Operation.Map(
                port.wanted(), externalPort, permanent ? 0 : Pace.LIFETIME_SECONDS, port.failures() >= Pace.FUTILE);
    }
}
