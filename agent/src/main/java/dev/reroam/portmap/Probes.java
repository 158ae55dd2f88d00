package dev.reroam.portmap;

import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Stimulus;

/** In which protocols is the gateway asked whether it speaks them, and when? A part of {@link UplinkStep}. */
final class Probes {

    private final Draft draft;
    private final Clients clients;

    Probes(Draft draft, Clients clients) {
        this.draft = draft;
        this.clients = clients;
    }

    /** Asks once in each protocol of which nothing is known. */
    void greet() {
        for (Protocol protocol : Protocol.values()) {
            GatewayClient client = draft.clients.get(protocol);
            if (client != null
                    && !client.busy()
                    && !draft.stopping()
                    && draft.presence.get(protocol) instanceof Presence.Unknown) {
                probe(protocol, true);
            }
        }
    }

    /** Asks what is not known to be there, all together, when a port has no mapping and it is time. */
    void probeWhenDue() {
        boolean probing = draft.presence.values().stream().anyMatch(Presence.Probing.class::isInstance);
        if (probing || draft.probeAt > draft.now || !Agenda.wantsProbe(draft.ports.values())) {
            return;
        }
        draft.probeAt = draft.now + draft.near(Pace.probe(draft.probes));
        draft.probes++;
        boolean futile = draft.ports.values().stream().anyMatch(port -> port.failures() >= Pace.FUTILE);
        for (Protocol protocol : Protocol.values()) {
            GatewayClient client = draft.clients.get(protocol);
            if (client != null && !client.busy() && !(draft.presence.get(protocol) instanceof Presence.There)) {
                probe(protocol, futile || wasSilent(protocol));
            }
        }
    }

    void probe(Protocol protocol) {
        probe(protocol, wasSilent(protocol));
    }

    private boolean wasSilent(Protocol protocol) {
        return draft.presence.get(protocol) instanceof Presence.Absent absent && !absent.answered();
    }

    private void probe(Protocol protocol, boolean wasSilent) {
        draft.presence.put(protocol, new Presence.Probing(draft.now, wasSilent));
        clients.stimulate(protocol, new Stimulus.Ask(new Operation.Probe(wasSilent)));
    }
}
