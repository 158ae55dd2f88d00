package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An entry of a routing table: RTM_NEWROUTE. Immutable.
 *
 * @param table number of the table, the bits of a u32; 254 main, 255 local, 253 default
 * @param source of IPv6: only for packets from there
 * @param typeOfService only for packets with it; 0 for all
 * @param scope linux/rtnetlink.h {@code RT_SCOPE_*}: 0 global, 253 on the link, 254 this host
 * @param priority also called metric; the lowest wins; unsigned 32 bits
 * @param preferredSource the address that packets get which have none yet
 * @param hops empty where packets go nowhere; several for multipath
 * @param nextHopId of the next hop object that it uses; hops are then the ones of that object, where the kernel says them
 * @param mtu the metric, in bytes; 0 when none is set
 * @param flags linux/rtnetlink.h {@code RTM_F_*} and {@code RTNH_F_*}
 */
public record Route(
        IpPrefix destination,
        int table,
        RouteType type,
        Optional<IpPrefix> source,
        int typeOfService,
        int scope,
        RouteProtocol protocol,
        long priority,
        Optional<IpAddress> preferredSource,
        List<Hop> hops,
        OptionalInt nextHopId,
        int mtu,
        int flags)
        implements RouteObject {

    // linux/rtnetlink.h RT_TABLE_*
    public static final int TABLE_DEFAULT = 253;
    public static final int TABLE_MAIN = 254;
    public static final int TABLE_LOCAL = 255;

    // linux/rtnetlink.h
    private static final int RTM_F_CLONED = 0x200;
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_LINK = 253;

    public Route {
        hops = List.copyOf(hops);
    }

    /**
     * The route for everything by one hop.
     *
     * @param priority not 0, which IPv6 takes for 1024
     */
    public static Route everything(
            Hop hop, IpAddress preferredSource, int table, long priority, RouteProtocol protocol) {
        var family = preferredSource.family();
        // As ip does it; IPv6 knows no scopes of routes and always says 0.
        boolean ends = family == IpFamily.V4 && hop.gateway().isEmpty();
        return new Route(
                IpPrefix.all(family),
                table,
                RouteType.UNICAST,
                Optional.empty(),
                0,
                ends ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
                protocol,
                priority,
                Optional.of(preferredSource),
                List.of(hop),
                OptionalInt.empty(),
                0,
                hop.flags());
    }

    /** The address family. */
    public IpFamily family() {
        return destination.family();
    }

    /** Whether it covers everything. */
    public boolean isDefault() {
        return destination.length() == 0 && type.equals(RouteType.UNICAST);
    }

    /** Whether it is no configured route but what the kernel learned for one destination (a path MTU, a redirect). */
    public boolean isCached() {
        return (flags & RTM_F_CLONED) != 0;
    }
}
