package dev.reroam.flow;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Between which ends the outer packets of a tunnel go, or those of a socket that speaks with many. Immutable.
 *
 * @param localPorts UDP ports of ours that it sends from and listens on; nearly always one
 * @param family of the packets
 * @param peer where it sends to; empty for everywhere
 */
public record TunnelEnds(Set<Integer> localPorts, IpFamily family, Optional<Endpoint> peer) {

    public TunnelEnds {
        localPorts = Collections.unmodifiableSet(new TreeSet<>(localPorts));
        if (localPorts.stream().anyMatch(port -> port < 1 || port > 0xffff)) {
            throw new IllegalArgumentException("ports " + localPorts);
        }
    }

    /** To one peer. */
    public TunnelEnds(Set<Integer> localPorts, Endpoint peer) {
        this(localPorts, peer.address().family(), Optional.of(peer));
    }

    /** Whether packets to or from there are its own. */
    boolean isFarEnd(Endpoint end) {
        return peer.isEmpty() || peer.get().equals(end);
    }

    @Override
    public String toString() {
        return localPorts + " -> " + peer.map(Endpoint::toString).orElse("everybody");
    }
}
