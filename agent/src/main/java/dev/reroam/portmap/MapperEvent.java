package dev.reroam.portmap;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Wanted;
import java.util.Set;

/** What the mapper of an uplink is told. */
public sealed interface MapperEvent {

    /** These ports shall be mapped, and no others of ours. */
    record Want(Set<Wanted> ports) implements MapperEvent {
        public Want {
            ports = Set.copyOf(ports);
        }
    }

    /** One question in each protocol of which nothing is known yet. */
    record Greet() implements MapperEvent {}

    /** Something came for one protocol: a datagram, an answer over HTTP, an event. */
    record Came(Protocol protocol, Stimulus stimulus) implements MapperEvent {}

    /** A datagram came to port 5350, which PCP and NAT-PMP share; its first byte says whose it is. */
    record Announced(Endpoint from, Octets bytes) implements MapperEvent {}

    /** Something changed about the network or in front of the gateway: ask for everything again. */
    record CheckAll(String why) implements MapperEvent {}

    /** The caller has written down that a permanent mapping may be there; now it may be made. */
    record PermanentNoted(Wanted wanted) implements MapperEvent {}

    /** A permanent mapping of an agent before this one may still be there; only UPnP makes such. */
    record Left(Wanted wanted, int externalPort) implements MapperEvent {}

    /** Time has passed. */
    record Due() implements MapperEvent {}

    /** Take everything back; ends with {@link News.Ended}. */
    record Stop() implements MapperEvent {}
}
