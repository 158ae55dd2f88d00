package dev.reroam.recovery;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.util.Optional;

/**
 * A route that somebody made for a tunnel's endpoint alone: its packets take it wherever the default route leads. Immutable.
 *
 * @param gateway empty where the endpoint is taken to be on the link
 * @param interfaceIndex kernel's number of the interface
 * @param table in which it stands, the bits of a u32
 * @param metric unsigned 32 bits; 0 for none
 * @param protocol who made it: linux/rtnetlink.h {@code RTPROT_*} as {@code ip} writes it, by name or number
 */
public record HostRoute(
        IpAddress destination,
        Optional<IpAddress> gateway,
        int interfaceIndex,
        String interfaceName,
        int table,
        long metric,
        String protocol) {

    /** linux/rtnetlink.h RT_TABLE_MAIN, which {@code ip} means where none is named. */
    private static final int TABLE_MAIN = 254;

    /** The command that removes it and no other. */
    public String removal() {
        var family = destination.family();
        return (family == IpFamily.V4 ? "ip route del " : "ip -6 route del ") + destination + "/" + family.bits()
                + gateway.map(router -> " via " + router).orElse("")
                + " dev " + interfaceName
                + (table == TABLE_MAIN ? "" : " table " + Integer.toUnsignedString(table))
                + (metric == 0 ? "" : " metric " + metric)
                + " proto " + protocol;
    }

    /** One line for people. */
    @Override
    public String toString() {
        return "a host route (proto " + protocol + ") pins " + destination + " to " + interfaceName + "; to remove it: "
                + removal();
    }
}
