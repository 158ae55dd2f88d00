package dev.reroam.portmap.gateway;

import dev.reroam.linux.ip.Endpoint;

/** What a client is told. */
public sealed interface Stimulus {

    /** Do this. Only while the client is not busy. */
    record Ask(Operation operation) implements Stimulus {}

    /** A datagram came to the socket that we ask from. */
    record Datagram(Endpoint from, Octets bytes) implements Stimulus {}

    /** A datagram came to a group that gateways announce to. */
    record Announcement(Endpoint from, Octets bytes) implements Stimulus {}

    /** The answer to {@link Effect.Call}. */
    record Answered(long call, HttpAnswer answer) implements Stimulus {}

    /** No answer to {@link Effect.Call}: refused, too late, too large, no HTTP. */
    record CallFailed(long call, String why) implements Stimulus {}

    /**
     * The gateway called us back (GENA). The answer has gone out already.
     *
     * @param subscription the SID header
     */
    record Notified(String subscription, Octets body) implements Stimulus {}

    /** We go: take back what is no {@link Operation}, such as a subscription. */
    record Leave() implements Stimulus {}

    /** Nothing but that time has passed. */
    record Due() implements Stimulus {}
}
