package dev.reroam.config;

import dev.reroam.linux.ip.IpAddress;
import java.util.Map;
import java.util.Optional;

/**
 * What is configured for one WireGuard device. Immutable.
 *
 * @param enabled false: the device and its tunnels are left alone, not even read
 * @param restart who restarts it where nothing else has helped; empty: nobody
 * @param probes inner address to send an echo to, by the peer's public key in base64
 */
public record DeviceConfig(boolean enabled, PortPolicy port, Optional<Restart> restart, Map<String, IpAddress> probes) {

    /** A device that the file does not name. */
    public static final DeviceConfig DEFAULT = new DeviceConfig(true, PortPolicy.AUTO, Optional.empty(), Map.of());

    public DeviceConfig {
        probes = Map.copyOf(probes);
    }

    /** The inner address that answers for this peer; empty when none is configured. */
    public Optional<IpAddress> probe(String peer) {
        return Optional.ofNullable(probes.get(peer));
    }
}
