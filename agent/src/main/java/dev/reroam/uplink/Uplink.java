package dev.reroam.uplink;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.util.Comparator;
import java.util.Optional;

/**
 * A way out of this box, for one address family. Immutable; equal means the same way out. Two routers in one network, or
 * two addresses of ours that one router sends different ways, are two uplinks.
 *
 * @param interfaceIndex kernel's number; a re-created interface is another uplink
 * @param interfaceName for people
 * @param gateway empty on a point-to-point link; of an IPv4 uplink it may be an IPv6 address
 * @param source our address, which says the family
 */
public record Uplink(int interfaceIndex, String interfaceName, Optional<IpAddress> gateway, IpAddress source)
        implements Comparable<Uplink> {

    private static final Comparator<Uplink> ORDER = Comparator.comparingInt(Uplink::interfaceIndex)
            .thenComparing(Uplink::source)
            .thenComparing(uplink -> uplink.gateway().orElse(IpAddress.ANY_V4))
            .thenComparing(Uplink::interfaceName);

    /** RFC 4291 section 2.5.1: the lower half of an IPv6 address names the interface, the upper one the network. */
    private static final int NETWORK_BITS = 64;

    public Uplink {
        if (interfaceIndex <= 0) {
            throw new IllegalArgumentException("interface index " + interfaceIndex);
        }
    }

    /** Of the packets that go this way. */
    public IpFamily family() {
        return source.family();
    }

    /**
     * Whether packets that leave like this take this way out. Another IPv6 address of the same network does too: privacy
     * addresses change daily (RFC 8981), and the prefix is what routers go by. Of IPv4 every address counts by itself.
     */
    public boolean carries(int byInterface, Optional<IpAddress> byGateway, IpAddress from) {
        return byInterface == interfaceIndex && byGateway.equals(gateway) && sameNetwork(from);
    }

    /** Whether our address there is the same, whichever gateway it is used with. */
    public boolean sharesAddress(Uplink other) {
        return interfaceIndex == other.interfaceIndex && sameNetwork(other.source);
    }

    private boolean sameNetwork(IpAddress from) {
        return from.family() == family()
                && (family() == IpFamily.V4
                        ? from.equals(source)
                        : from.masked(NETWORK_BITS).equals(source.masked(NETWORK_BITS)));
    }

    /** The same way out, though an uplink may have been named by another address of ours. */
    public boolean carries(Uplink other) {
        return carries(other.interfaceIndex, other.gateway, other.source);
    }

    @Override
    public int compareTo(Uplink other) {
        return ORDER.compare(this, other);
    }

    /** What people read: {@code wan via 192.0.2.1 from 192.0.2.7}. */
    @Override
    public String toString() {
        return interfaceName + gateway.map(to -> " via " + to).orElse("") + " from " + source;
    }
}
