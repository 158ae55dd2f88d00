package dev.reroam.lookout;

import dev.reroam.uplink.Uplink;

/**
 * A port of a tunnel's own, and the uplink by which its packets leave. Immutable.
 *
 * @param device the tunnel's interface
 * @param port 1 to 65535; it belongs to the kernel or to another process
 * @param mark of the tunnel's packets; 0 for none
 */
public record TunnelPort(String device, int port, int mark, Uplink uplink) {
    public TunnelPort {
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port + " of " + device);
        }
    }
}
