package dev.reroam.portmap;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Wanted;

/**
 * A mapping that only a deletion ends. Immutable.
 *
 * @param local our address, to which it leads
 * @param externalPort that was asked for first; the gateway may have given another
 */
public record PermanentMapping(IpAddress gateway, IpAddress local, Wanted wanted, int externalPort) {}
