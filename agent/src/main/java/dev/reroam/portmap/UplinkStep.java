package dev.reroam.portmap;

import dev.reroam.portmap.Port.Permission;
import dev.reroam.portmap.Port.Trace;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.upnp.UpnpClient;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One step of {@link UplinkMapper}: for which of its parts is an event, and what comes after it? One use.
 *
 * <pre>
 * event → {@link Clients} → {@link Outcomes}, {@link Signs}
 * then    {@link Remapping} → {@link Probes} → {@link Operations}
 * </pre>
 */
final class UplinkStep {

    private final Draft draft;
    private final Signs signs;
    private final Clients clients;
    private final Probes probes;
    private final Remapping remapping;
    private final Operations operations;

    UplinkStep(UplinkMapper before, long now) {
        draft = new Draft(before, now);
        signs = new Signs(draft);
        clients = new Clients(draft, new Outcomes(draft, signs), signs);
        probes = new Probes(draft, clients);
        remapping = new Remapping(draft, signs, probes);
        operations = new Operations(draft, clients);
    }

    UplinkMapper.Step run(MapperEvent event) {
        if (draft.ended) {
            // Late answers.
            return new UplinkMapper.Step(draft.before, List.of());
        }
        switch (event) {
            case MapperEvent.Want want -> want(want.ports());
            case MapperEvent.Greet greet -> probes.greet();
            case MapperEvent.Came came -> clients.stimulate(came.protocol(), came.stimulus());
            case MapperEvent.Announced announced -> onAnnounced(announced);
            case MapperEvent.CheckAll check -> signs.happened(Cause.CHECK, Optional.empty());
            case MapperEvent.PermanentNoted noted -> onPermanentNoted(noted.wanted());
            case MapperEvent.Left left -> onLeft(left.wanted(), left.externalPort());
            case MapperEvent.Due due -> onDue();
            case MapperEvent.Stop stop -> stop();
        }
        if (!draft.stopping()) {
            remapping.follow();
        }
        operations.runOut();
        advance();
        return draft.step();
    }

    private void want(Set<Wanted> wanted) {
        if (draft.stopping()) {
            return;
        }
        for (Port port : List.copyOf(draft.ports.values())) {
            if (!wanted.contains(port.wanted()) && port.desired()) {
                draft.put(port.withDesired(false, draft.now));
            }
        }
        for (Wanted one : wanted) {
            Port port = draft.ports.get(one);
            if (port == null) {
                draft.put(Port.of(one, draft.now));
            } else if (!port.desired()) {
                draft.put(port.withDesired(true, draft.now));
            }
        }
    }

    private void onAnnounced(MapperEvent.Announced announced) {
        byte[] bytes = announced.bytes().bytes();
        Protocol protocol = bytes.length > 0 && bytes[0] == 0 ? Protocol.NAT_PMP : Protocol.PCP;
        clients.stimulate(protocol, new Stimulus.Announcement(announced.from(), announced.bytes()));
    }

    private void onPermanentNoted(Wanted wanted) {
        Port port = draft.ports.get(wanted);
        if (port != null && port.permission() == Permission.ASKED) {
            draft.put(port.withPermission(Permission.GIVEN).at(draft.now));
        }
    }

    /** As if we had made it, and nobody wanted it any more; whoever wants it may say so before the gateway has answered. */
    private void onLeft(Wanted wanted, int externalPort) {
        if (draft.clients.containsKey(Protocol.UPNP) && !draft.stopping() && !draft.ports.containsKey(wanted)) {
            draft.put(Port.of(wanted, draft.now)
                    .withDesired(false, draft.now)
                    .withTrace(Optional.of(new Trace(Protocol.UPNP, externalPort, GatewayClient.NEVER, true)))
                    .withPermission(Permission.GIVEN));
        }
    }

    private void onDue() {
        for (Protocol protocol : Protocol.values()) {
            GatewayClient client = draft.clients.get(protocol);
            if (client != null && client.dueAt() <= draft.now) {
                clients.stimulate(protocol, new Stimulus.Due());
            }
        }
    }

    private void stop() {
        if (!draft.stopping()) {
            draft.stopping = Optional.of(Stopping.at(draft.now));
            draft.ports.replaceAll((wanted, port) -> port.withDesired(false, draft.now));
            if (draft.clients.containsKey(Protocol.UPNP)) {
                clients.stimulate(Protocol.UPNP, new Stimulus.Leave());
            }
        }
    }

    /** What is to be done now. */
    private void advance() {
        if (!draft.stopping()) {
            probes.probeWhenDue();
        } else if (end()) {
            return;
        }
        operations.begin();
    }

    /** Whether a stop has come to its end. */
    private boolean end() {
        draft.ports
                .values()
                .removeIf(port -> port.trace().isEmpty()
                        && draft.under
                                .filter(u -> u.wanted().equals(port.wanted()))
                                .isEmpty());
        draft.ended = (draft.ports.isEmpty() && !leaving())
                || draft.stopping.orElseThrow().by() <= draft.now;
        if (draft.ended) {
            draft.tell(new News.Ended(new HashSet<>(draft.ports.keySet())));
        }
        return draft.ended;
    }

    private boolean leaving() {
        return draft.clients.get(Protocol.UPNP) instanceof UpnpClient upnp && upnp.leaving();
    }
}
