package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import java.util.Optional;

/**
 * One way that a route goes. Immutable.
 *
 * @param link index of the interface; 0 when not said
 * @param gateway the router; empty for what is on the link. Of an IPv4 route it may be an IPv6 address (RTA_VIA)
 * @param weight share of the traffic, from 1; 1 in a route with a single hop
 * @param flags linux/rtnetlink.h {@code RTNH_F_*}
 */
public record Hop(int link, Optional<IpAddress> gateway, int weight, int flags) {

    // linux/rtnetlink.h
    private static final int RTNH_F_DEAD = 1;
    static final int RTNH_F_ONLINK = 4;

    /** By a gateway that is taken to be on the link, whatever the other routes say of it; empty goes to the link itself. */
    public static Hop onLink(int link, Optional<IpAddress> gateway) {
        return new Hop(link, gateway, 1, gateway.isPresent() ? RTNH_F_ONLINK : 0);
    }

    /** Whether the kernel has given this hop up. */
    public boolean isDead() {
        return (flags & RTNH_F_DEAD) != 0;
    }
}
