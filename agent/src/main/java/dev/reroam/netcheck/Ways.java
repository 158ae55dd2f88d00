package dev.reroam.netcheck;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.uplink.Uplink;
import java.util.Optional;

/** Asks the kernel which way a packet would go. */
@FunctionalInterface
public interface Ways {

    /**
     * What stands in the way of a packet from the uplink's address, by a socket bound to its interface.
     *
     * @param tcp else UDP
     * @return empty when it leaves by this uplink; else the kernel's answer, for people
     */
    Optional<String> obstacle(Uplink uplink, Endpoint to, boolean tcp);
}
