package dev.reroam.portmap;

import dev.reroam.linux.ip.IpAddress;

/**
 * The uplink whose gateway is asked. Immutable.
 *
 * @param gateway its next hop, of whatever kind the address is
 * @param local our address towards it, of the same family; every socket is bound to it and to the interface
 */
public record UplinkFacts(int interfaceIndex, String interfaceName, IpAddress gateway, IpAddress local) {

    public UplinkFacts {
        if (gateway.family() != local.family()) {
            throw new IllegalArgumentException(local + " towards " + gateway);
        }
    }
}
