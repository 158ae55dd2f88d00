package dev.reroam.netcheck;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.uplink.Uplink;
import java.util.List;

/** One thing that is asked over one uplink, once. Immutable. */
sealed interface Question {

    Uplink uplink();

    /** Which addresses has the name? */
    record Lookup(Uplink uplink, String host) implements Question {}

    /** Does the kernel send there by this uplink? */
    record Way(Uplink uplink, Endpoint to, boolean tcp) implements Question {}

    /** What does the NAT do? */
    record Nat(Uplink uplink, List<Endpoint> servers) implements Question {}

    /**
     * How long does a server take?
     *
     * @param sample from 0
     */
    record Latency(Uplink uplink, Endpoint server, int sample) implements Question {}

    /**
     * How large may a packet be?
     *
     * @param largestBytes the interface's MTU
     */
    record Mtu(Uplink uplink, Endpoint server, int largestBytes, long roundTripNanos) implements Question {}

    /** Does the gateway speak this? */
    record Gateway(Uplink uplink, Protocol protocol) implements Question {}

    /** What is on the page that is empty? */
    record Portal(Uplink uplink, Endpoint server, PortalUrl url) implements Question {}

    /** How long does the NAT remember? Takes minutes. */
    record Memory(Uplink uplink, Endpoint server) implements Question {}
}
