package dev.reroam.tcp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.Hop;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.route.RouteType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.tinylog.Logger;

/**
 * Makes an address that we lost deliverable to ourselves for a while: a route of type local to the loopback. Confined to the
 * agent's loop.
 *
 * <p>Without it a reset cannot work: the kernel sends no packet from an address that is not local (IPv4,
 * net/ipv4/route.c ip_route_output_key_hash_rcu), so there is nothing to answer, and would not deliver the answer either.
 * No address is added, so nothing else sees one come.
 */
public final class LostAddresses {

    // drivers/net/loopback.c: the loopback is the first interface of every namespace.
    private static final int LOOPBACK = 1;
    // linux/rtnetlink.h RT_SCOPE_HOST
    private static final int SCOPE_HOST = 254;
    // net/ipv6/route.c IP6_RT_PRIO_USER: what IPv6 makes of 0.
    private static final int PRIORITY_V6 = 1024;

    private final RouteSocket kernel;
    private final RouteProtocol protocol;
    // How many connections need it, by address; only those whose route we made.
    private final Map<IpAddress, Integer> held = new HashMap<>();

    /**
     * @param protocol marks the routes as ours
     */
    public LostAddresses(RouteSocket kernel, RouteProtocol protocol) {
        this.kernel = kernel;
        this.protocol = protocol;
    }

    /** Makes it deliverable until it was released as often as held. */
    void hold(IpAddress address) throws NetlinkException, MalformedMessageException {
        if (!held.containsKey(address)) {
            try {
                kernel.add(route(address));
            } catch (NetlinkException e) {
                if (!e.errno().equals(Errno.EEXIST)) {
                    throw e;
                }
                // It came back meanwhile, or is somebody else's: deliverable it is, and not ours to take away.
                return;
            }
        }
        held.merge(address, 1, Integer::sum);
    }

    /** Takes the route away when nobody needs it any more; harmless for what is not held. */
    void release(IpAddress address) {
        Integer left = held.computeIfPresent(address, (key, count) -> count - 1);
        if (left != null && left <= 0) {
            held.remove(address);
            delete(route(address));
        }
    }

    /** Takes away what a crashed agent has left. */
    void sweep() throws NetlinkException, MalformedMessageException {
        for (IpFamily family : IpFamily.values()) {
            for (Route route : kernel.routes(family, Route.TABLE_LOCAL)) {
                if (route.protocol().equals(protocol) && route.type().equals(RouteType.LOCAL)) {
                    kernel.delete(route);
                }
            }
        }
    }

    private void delete(Route route) {
        try {
            kernel.delete(route);
        } catch (NetlinkException | MalformedMessageException e) {
            Logger.warn("cannot take away the route to the lost address {}: {}", route.destination(), e.getMessage());
        }
    }

    private Route route(IpAddress address) {
        boolean v4 = address.family() == IpFamily.V4;
        return new Route(
                new IpPrefix(address, address.family().bits()),
                Route.TABLE_LOCAL,
                RouteType.LOCAL,
                Optional.empty(),
                0,
                v4 ? SCOPE_HOST : 0,
                protocol,
                v4 ? 0 : PRIORITY_V6,
                Optional.empty(),
                List.of(Hop.onLink(LOOPBACK, Optional.empty())),
                OptionalInt.empty(),
                0,
                0);
    }
}
