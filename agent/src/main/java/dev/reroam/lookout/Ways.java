package dev.reroam.lookout;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.uplink.Uplink;

/** Asks the kernel which way a packet would go. On the loop. */
@FunctionalInterface
public interface Ways {

    /**
     * Whether a UDP packet from a socket that is bound to the uplink's interface and address leaves by the uplink.
     *
     * @param mark of the socket; 0 for none
     * @param port that it is sent from; 0 for any
     */
    boolean lead(Uplink uplink, Endpoint to, int mark, int port);

    /** The same for a socket without a mark, from any port. */
    default boolean lead(Uplink uplink, Endpoint to) {
        return lead(uplink, to, 0, 0);
    }
}
