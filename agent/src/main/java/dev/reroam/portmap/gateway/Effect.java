package dev.reroam.portmap.gateway;

import dev.reroam.linux.ip.Endpoint;

/** What a client wants done. */
public sealed interface Effect {

    /** Send this, from the socket of the client's protocol. */
    record Send(Endpoint to, Octets bytes) implements Effect {}

    /**
     * Ask the gateway over HTTP; ends with {@link Stimulus.Answered} or {@link Stimulus.CallFailed} of the same number.
     *
     * @param call rises
     */
    record Call(long call, HttpRequest request) implements Effect {}

    /** Hear this. */
    record Tell(Report report) implements Effect {}
}
