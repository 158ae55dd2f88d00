package dev.reroam.tcp;

import dev.reroam.linux.sockdiag.TcpConnection;
import dev.reroam.uplink.Uplink;

/**
 * A connection that hangs on an uplink that is gone. Immutable.
 *
 * @param program by its configured name
 */
public record StaleConnection(TcpConnection connection, String program, Reason reason, Uplink uplink) {

    /** What people read: {@code tailscaled 192.0.2.7:40312 to 198.51.100.1:443}. */
    @Override
    public String toString() {
        return program + " " + connection.ends();
    }
}
