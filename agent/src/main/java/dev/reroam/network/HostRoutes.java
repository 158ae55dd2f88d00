package dev.reroam.network;

import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.RouteType;
import dev.reroam.recovery.HostRoute;

/**
 * Routes that somebody made for a single address. OpenWrt's netifd makes one for the endpoint of each WireGuard peer, by the
 * uplink that is best just then ({@code proto_add_host_dependency}, RTPROT_STATIC), and so do people's scripts. Pure.
 */
final class HostRoutes {

    private HostRoutes() {}

    /** Whether it leads a single address one way. The kernel's own (the other end of a line) and a router's word do not count. */
    static boolean pins(Route route) {
        return route.type().equals(RouteType.UNICAST)
                && route.destination().length() == route.family().bits()
                && route.hops().size() == 1
                && link(route) > 0
                && !route.protocol().equals(RouteProtocol.KERNEL)
                && !route.protocol().equals(RouteProtocol.REDIRECT);
    }

    /** The interface of one that {@link #pins}. */
    static int link(Route route) {
        return route.hops().getFirst().link();
    }

    /** One that {@link #pins}, as the brain knows it. */
    static HostRoute of(Route route, String interfaceName) {
        return new HostRoute(
                route.destination().address(),
                route.hops().getFirst().gateway(),
                link(route),
                interfaceName,
                route.table(),
                route.priority(),
                route.protocol().toString());
    }
}
