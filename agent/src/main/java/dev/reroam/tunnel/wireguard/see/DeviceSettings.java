package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.Map;
import java.util.Optional;

/**
 * What a person configured about a device. Immutable.
 *
 * @param enabled false: the device is left alone, not even read
 * @param port whether its port may be given up; empty: by the rule
 * @param restartable whether somebody is named who restarts it
 * @param probes inner address to send an echo to, by the peer's public key in base64
 */
public record DeviceSettings(
        boolean enabled, Optional<PortUse> port, boolean restartable, Map<String, IpAddress> probes) {

    /** Nothing configured. */
    public static final DeviceSettings NONE = new DeviceSettings(true, Optional.empty(), false, Map.of());

    public DeviceSettings {
        probes = Map.copyOf(probes);
    }
}
