package dev.reroam.tcp;

import dev.reroam.linux.sockdiag.TcpConnection;
import dev.reroam.uplink.Uplink;
import java.util.Optional;

/**
 * A connection that can go nowhere. Immutable.
 *
 * @param program by its configured name
 * @param uplink that it hangs on; empty where that is not what is wrong
 */
public record StaleConnection(TcpConnection connection, String program, Reason reason, Optional<Uplink> uplink) {

    /** What people read: {@code tailscaled 192.0.2.7:40312 to 198.51.100.1:443}. */
    @Override
    public String toString() {
        return program + " " + connection.ends();
    }
}
