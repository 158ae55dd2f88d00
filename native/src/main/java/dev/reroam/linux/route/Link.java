package dev.reroam.linux.route;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network interface: RTM_NEWLINK. Immutable.
 *
 * @param index of the interface; positive, never used for another one in the same boot and namespace
 * @param flags linux/if.h {@code IFF_*}
 * @param hardwareType linux/if_arp.h {@code ARPHRD_*}: 1 Ethernet, 772 loopback, 512 PPP, 65534 none
 * @param kind of a virtual interface: {@code wireguard}, {@code tun}, {@code veth}, {@code vlan}...; empty for a physical one
 * @param mtu in bytes
 * @param master index of the bridge, bond or VRF that it is part of
 * @param lower index of the interface that this one is made on (VLAN, macvlan); of a veth its other end, which may live in
 *     another namespace
 * @param traffic counters where the message carried them; they make two pictures of the same link unequal, see {@link
 *     #withoutTraffic}
 */
public record Link(
        int index,
        String name,
        int flags,
        OperState operState,
        int hardwareType,
        String kind,
        int mtu,
        OptionalInt master,
        OptionalInt lower,
        Optional<LinkTraffic> traffic)
        implements RouteObject {

    // linux/if.h
    private static final int IFF_UP = 0x1;
    private static final int IFF_LOOPBACK = 0x8;
    private static final int IFF_RUNNING = 0x40;
    private static final int IFF_LOWER_UP = 0x10000;

    public Link {
        if (index <= 0) {
            throw new IllegalArgumentException("interface index " + index);
        }
    }

    /** Whether somebody set it up ({@code ip link set up}). */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    /** Whether the driver has a carrier: a cable, an association, a peer end that is up. */
    public boolean hasCarrier() {
        return (flags & IFF_LOWER_UP) != 0;
    }

    /** Whether it is up in the sense of RFC 2863: with carrier, and neither dormant nor waiting for a lower layer. */
    public boolean isRunning() {
        return (flags & IFF_RUNNING) != 0;
    }

    public boolean isLoopback() {
        return (flags & IFF_LOOPBACK) != 0;
    }

    /** The same without counters: equal for two pictures of a link that did not change. */
    public Link withoutTraffic() {
        return traffic.isEmpty()
                ? this
                : new Link(index, name, flags, operState, hardwareType, kind, mtu, master, lower, Optional.empty());
    }
}
