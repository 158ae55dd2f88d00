package dev.reroam.flow;

import dev.reroam.linux.ip.Endpoint;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Between which ends the outer packets of a tunnel go. Immutable.
 *
 * @param localPorts UDP ports of ours that it sends from and listens on; nearly always one
 * @param peer where it sends to
 */
public record TunnelEnds(Set<Integer> localPorts, Endpoint peer) {

    public TunnelEnds {
        localPorts = Collections.unmodifiableSet(new TreeSet<>(localPorts));
        if (localPorts.stream().anyMatch(port -> port < 1 || port > 0xffff)) {
            throw new IllegalArgumentException("ports " + localPorts);
        }
    }

    @Override
    public String toString() {
        return localPorts + " -> " + peer;
    }
}
