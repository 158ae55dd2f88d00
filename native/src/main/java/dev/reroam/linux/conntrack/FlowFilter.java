package dev.reroam.linux.conntrack;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which UDP flows are meant, by how their first packet looked. Immutable.
 *
 * @param source empty: any
 * @param sourcePort empty: any
 * @param destination empty: any
 * @param destinationPort empty: any
 */
public record FlowFilter(
        IpFamily family,
        Optional<IpAddress> source,
        OptionalInt sourcePort,
        Optional<IpAddress> destination,
        OptionalInt destinationPort) {

    public FlowFilter {
        if (source.filter(address -> address.family() != family).isPresent()
                || destination.filter(address -> address.family() != family).isPresent()) {
            throw new IllegalArgumentException("not of " + family + ": " + source + ", " + destination);
        }
    }

    /** All UDP flows of a family. */
    public static FlowFilter all(IpFamily family) {
        return new FlowFilter(family, Optional.empty(), OptionalInt.empty(), Optional.empty(), OptionalInt.empty());
    }

    /** Those that somebody at this port began. */
    public static FlowFilter fromPort(IpFamily family, int port) {
        return new FlowFilter(family, Optional.empty(), OptionalInt.of(port), Optional.empty(), OptionalInt.empty());
    }

    /** Those that this endpoint began, with whomever. */
    public static FlowFilter from(Endpoint source) {
        return new FlowFilter(
                source.address().family(),
                Optional.of(source.address()),
                OptionalInt.of(source.port()),
                Optional.empty(),
                OptionalInt.empty());
    }

    /** Whether this flow is one of them. */
    public boolean matches(Flow flow) {
        var from = flow.original().source();
        var to = flow.original().destination();
        return flow.original().protocol() == FlowTuple.UDP
                && from.address().family() == family
                && source.filter(address -> !address.equals(from.address())).isEmpty()
                && destination.filter(address -> !address.equals(to.address())).isEmpty()
                && (sourcePort.isEmpty() || sourcePort.getAsInt() == from.port())
                && (destinationPort.isEmpty() || destinationPort.getAsInt() == to.port());
    }
}
