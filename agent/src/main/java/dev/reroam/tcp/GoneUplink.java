package dev.reroam.tcp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.uplink.Uplink;
import java.util.OptionalLong;

/**
 * A way out that leads nowhere any more: its address was taken away, its interface is dead, or it was found dead.
 * Immutable.
 *
 * @param silentMillis since something last came in over it; a connection that heard something later than that is alive. Absent:
 *     nobody knows yet, so that only what used an address that is gone hangs on it
 */
public record GoneUplink(Uplink uplink, OptionalLong silentMillis) implements Trouble {

    public GoneUplink {
        if (silentMillis.orElse(0) < 0) {
            throw new IllegalArgumentException("silent for " + silentMillis + " ms");
        }
    }

    /** Whether this local address is the uplink's; of IPv6 any of its network, as privacy addresses come and go. */
    boolean hasAddress(IpAddress local) {
        return uplink.carries(uplink.interfaceIndex(), uplink.gateway(), local);
    }
}
