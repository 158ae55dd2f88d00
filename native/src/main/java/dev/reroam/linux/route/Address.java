package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import java.util.Optional;

/**
 * An address of an interface: RTM_NEWADDR. Immutable; lifetimes are left out, so that it is equal to itself a second later.
 *
 * @param link index of the interface
 * @param local the address itself
 * @param prefixLength of the network it is in, or of the peer's
 * @param peer the other end of a point-to-point interface, where it is not the same
 * @param scope linux/rtnetlink.h {@code RT_SCOPE_*}: 0 global, 253 link, 254 host
 * @param flags linux/if_addr.h {@code IFA_F_*}
 */
public record Address(int link, IpAddress local, int prefixLength, Optional<IpAddress> peer, int scope, int flags)
        implements RouteObject {

    // linux/if_addr.h
    private static final int IFA_F_TEMPORARY = 0x01;
    private static final int IFA_F_DADFAILED = 0x08;
    private static final int IFA_F_DEPRECATED = 0x20;
    private static final int IFA_F_TENTATIVE = 0x40;

    public Address {
        if (prefixLength < 0 || prefixLength > local.family().bits()) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " of " + local);
        }
        if (peer.isPresent() && peer.get().family() != local.family()) {
            throw new IllegalArgumentException("families differ: " + local + ", " + peer.get());
        }
    }

    /** The network that it makes reachable. */
    public IpPrefix prefix() {
        return new IpPrefix(peer.orElse(local), prefixLength);
    }

    /** Whether packets may be sent from it: not tentative, and no duplicate was found. */
    public boolean isUsable() {
        return (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
    }

    /** Whether the kernel no longer picks it for new connections. */
    public boolean isDeprecated() {
        return (flags & IFA_F_DEPRECATED) != 0;
    }

    /** Of IPv6: a privacy address. Of IPv4 the same bit means a secondary address of its network. */
    public boolean isTemporary() {
        return (flags & IFA_F_TEMPORARY) != 0;
    }
}
