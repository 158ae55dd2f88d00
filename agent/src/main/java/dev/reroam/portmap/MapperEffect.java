package dev.reroam.portmap;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Protocol;

/** What the mapper of an uplink wants done. */
public sealed interface MapperEffect {

    /** Send this from the protocol's socket. */
    record Send(Protocol protocol, Endpoint to, Octets bytes) implements MapperEffect {}

    /** Ask the gateway over HTTP; the answer comes back as {@link MapperEvent.Came} with this number. */
    record Call(long call, HttpRequest request) implements MapperEffect {}

    /** Hear this. */
    record Tell(News news) implements MapperEffect {}
}
