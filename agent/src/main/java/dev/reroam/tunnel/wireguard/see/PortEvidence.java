package dev.reroam.tunnel.wireguard.see;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the files of this box say about ports and endpoints. Immutable.
 *
 * @param claims ports that a file names
 * @param configuredEndpoints public keys (base64) of peers whose endpoint a file gives: we go to them
 * @param ephemeral the ports that the kernel gives away by itself
 * @param unreadable files and folders that are there and cannot be read, or that are too large
 */
record PortEvidence(List<Claim> claims, Set<String> configuredEndpoints, PortRange ephemeral, List<String> unreadable) {

    /** A file names ports. */
    record Claim(PortRange ports, String file, int line) {}

    PortEvidence {
        claims = List.copyOf(claims);
        configuredEndpoints = Set.copyOf(configuredEndpoints);
        unreadable = List.copyOf(unreadable);
    }

    /** Where the port is named first; empty when nowhere. */
    Optional<Claim> claim(int port) {
        return claims.stream().filter(claim -> claim.ports.contains(port)).findFirst();
    }
}
