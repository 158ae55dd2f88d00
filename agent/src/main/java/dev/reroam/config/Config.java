package dev.reroam.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The effective configuration: what the file says, and the defaults for the rest. Immutable.
 *
 * @param steer whether tunnels may leave by another uplink than the routing tables say
 * @param mtu what becomes of an MTU that is too large for the way
 * @param stateDirectory absolute; empty: the usual place of this network namespace
 * @param devices by interface name; a device that is not in it has {@link DeviceConfig#DEFAULT}
 */
public record Config(
        Mode mode,
        SteerPolicy steer,
        MtuPolicy mtu,
        LogLevel log,
        Optional<Path> stateDirectory,
        StunConfig stun,
        PortmapConfig portmap,
        TcpConfig tcp,
        TailscaleConfig tailscale,
        Map<String, DeviceConfig> devices) {

    /** No file at all. */
    public static final Config DEFAULT = new Config(
            Mode.REPAIR,
            SteerPolicy.AUTO,
            MtuPolicy.REPORT,
            LogLevel.INFO,
            Optional.empty(),
            StunConfig.DEFAULT,
            PortmapConfig.DEFAULT,
            TcpConfig.DEFAULT,
            TailscaleConfig.DEFAULT,
            Map.of());

    public Config {
        if (stateDirectory.isPresent() && !stateDirectory.get().isAbsolute()) {
            throw new IllegalArgumentException("state directory '" + stateDirectory.get() + "' is not absolute");
        }
        devices = Map.copyOf(devices);
    }

    /** What is configured for the device of this name. */
    public DeviceConfig device(String name) {
        return devices.getOrDefault(name, DeviceConfig.DEFAULT);
    }
}
