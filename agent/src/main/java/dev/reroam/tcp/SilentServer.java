package dev.reroam.tcp;

import dev.reroam.linux.ip.IpAddress;
import java.util.Set;

/**
 * A server that is meant to say something now and then, whichever way leads to it. Immutable.
 *
 * @param addresses all that it has
 * @param silentMillis a connection that no data came over for so long is dead; that what we sent is confirmed is no data
 */
public record SilentServer(Set<IpAddress> addresses, long silentMillis) implements Trouble {

    public SilentServer {
        if (silentMillis < 0) {
            throw new IllegalArgumentException("silent for " + silentMillis + " ms");
        }
        addresses = Set.copyOf(addresses);
    }
}
