package dev.reroam.tunnel.wireguard.see;

import dev.reroam.recovery.TunnelId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the files of this box say that peers are. Immutable; never holds a secret.
 *
 * @param known by device and public key
 * @param problems what could not be understood or read, {@code file:line: reason}
 */
public record NamedEndpoints(Map<TunnelId, NamedEndpoint> known, List<String> problems) {

    public NamedEndpoints {
        known = Map.copyOf(known);
        problems = List.copyOf(problems);
    }

    /** What they say of a peer; empty where none says anything. */
    public Optional<NamedEndpoint> of(TunnelId tunnel) {
        return Optional.ofNullable(known.get(tunnel));
    }
}
