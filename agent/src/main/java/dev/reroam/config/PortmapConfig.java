package dev.reroam.config;

import java.util.List;

/**
 * What is mapped at the gateways. Immutable.
 *
 * @param enabled false: nothing is, and no gateway is asked anything
 * @param ports UDP ports that are mapped besides those of WireGuard devices
 */
public record PortmapConfig(boolean enabled, List<Integer> ports) {

    /** Ours: gateways keep a few dozen. */
    static final int MOST_PORTS = 16;

    /** Where nothing is configured. */
    public static final PortmapConfig DEFAULT = new PortmapConfig(true, List.of());

    public PortmapConfig {
        ports = List.copyOf(ports);
        ports.forEach(port -> {
            if (!isPort(port)) {
                throw new IllegalArgumentException("port " + port);
            }
        });
    }

    static boolean isPort(long port) {
        return port >= 1 && port <= 0xffff;
    }
}
