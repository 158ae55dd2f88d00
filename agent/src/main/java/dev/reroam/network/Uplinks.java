package dev.reroam.network;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Hop;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.Route;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The ways out in a picture of the network: one for each hop of a default route, in any table, that does not lead into a
 * tunnel. Nothing is configured. Pure.
 */
public final class Uplinks {

    /**
     * Links whose packets leave as another packet of ours: what a question over them says is said of the far end's network.
     * Of {@code tun} nearly all are a VPN's (OpenVPN, wireguard-go, tailscaled, a TAP of ZeroTier). Not here: what carries
     * an access line, and has nothing outside of it that the same family could leave by ({@code ppp}, {@code sit},
     * {@code ip6tnl} of DS-Lite, {@code gre} of a telephone company, {@code wwan}).
     */
    private static final Set<String> TUNNEL_KINDS =
            Set.of("wireguard", "amneziawg", "tun", "xfrm", "vti", "vti6", "ovpn");

    /** RFC 7335: the customer side of 464XLAT has an address in here. The one tun that is a way out: IPv4 has no other. */
    private static final IpPrefix CLAT = IpPrefix.parse("192.0.0.0/29");

    /** linux/rtnetlink.h RT_SCOPE_LINK: from here on an address is not for packets that are routed. */
    private static final int SCOPE_LINK = 253;

    private Uplinks() {}

    /**
     * The uplinks, best metric first, IPv4 before IPv6. One without an address of its family is none: nothing can leave.
     *
     * @param tunnels interfaces that are known as a tunnel's device, whatever kind they say they are
     */
    public static List<UplinkFacts> of(NetworkState state, Set<Integer> tunnels) {
        var found = new LinkedHashMap<Uplink, UplinkFacts>();
        state.routes().stream()
                .filter(Route::isDefault)
                // Steering makes no uplink, and must not keep one alive that has no route any more.
                .filter(route -> !OwnNumbers.own(route))
                .sorted(Comparator.comparing(Route::family)
                        .thenComparing(Route::priority)
                        .thenComparing(Route::table, Integer::compareUnsigned))
                .forEach(route -> route.hops().stream()
                        .filter(hop -> hop.link() > 0)
                        .forEach(hop -> add(found, state, route, hop, tunnels)));
        return List.copyOf(found.values());
    }

    /**
     * How many ways out there are, of the family that has most, whether they carry anything or not: a dead one is a way as
     * long as a route leads to it. What somebody's host routes lead to counts with the default routes.
     *
     * @param tunnels as above
     */
    public static int most(NetworkState state, Set<Integer> tunnels) {
        var ways = new EnumMap<IpFamily, Integer>(IpFamily.class);
        var known = new HashSet<Hop>();
        for (var facts : of(state, tunnels)) {
            var uplink = facts.uplink();
            known.add(way(uplink.interfaceIndex(), uplink.gateway()));
            ways.merge(uplink.family(), 1, Integer::sum);
        }
        for (var route : state.routes()) {
            if (HostRoutes.pins(route)) {
                var hop = route.hops().getFirst();
                boolean outward = !tunnels.contains(hop.link()) && !isTunnel(state, hop.link());
                if (outward && known.add(way(hop.link(), hop.gateway()))) {
                    ways.merge(route.family(), 1, Integer::sum);
                }
            }
        }
        return ways.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private static Hop way(int link, Optional<IpAddress> gateway) {
        return new Hop(link, gateway, 1, 0);
    }

    private static void add(
            Map<Uplink, UplinkFacts> found, NetworkState state, Route route, Hop hop, Set<Integer> tunnels) {
        var source = route.preferredSource().or(() -> source(state, route.family(), hop));
        if (source.isEmpty() || tunnels.contains(hop.link()) || intoTunnel(state, hop.link(), source.get())) {
            return;
        }
        var link = state.link(hop.link());
        var uplink = new Uplink(hop.link(), link.map(Link::name).orElse("#" + hop.link()), hop.gateway(), source.get());
        boolean running = link.filter(Link::isRunning).isPresent();
        var now = new UplinkFacts(uplink, List.of(route.table()), route.priority(), running);
        found.merge(uplink, now, Uplinks::both);
    }

    private static UplinkFacts both(UplinkFacts first, UplinkFacts second) {
        var tables = new ArrayList<>(first.tables());
        tables.addAll(second.tables());
        return new UplinkFacts(first.uplink(), tables, Math.min(first.metric(), second.metric()), first.running());
    }

    private static boolean intoTunnel(NetworkState state, int index, IpAddress source) {
        return isTunnel(state, index) && !CLAT.contains(source);
    }

    private static boolean isTunnel(NetworkState state, int index) {
        return state.link(index).map(Link::kind).filter(TUNNEL_KINDS::contains).isPresent();
    }

    /**
     * What the kernel takes where the route names none: an address in the gateway's network, else one of the interface,
     * else one of another interface (an unnumbered line). It is our guess; what a packet really carries the path oracle
     * knows.
     */
    private static Optional<IpAddress> source(NetworkState state, IpFamily family, Hop hop) {
        var usable = state.addresses().stream()
                .filter(address -> address.local().family() == family
                        && address.isUsable()
                        && address.scope() < SCOPE_LINK
                        && !address.local().isLoopback())
                // Of IPv4 the flag says secondary, of IPv6 a privacy address: either is the kernel's second choice, and
                // the other one stays the same for longer.
                .sorted(Comparator.comparing(Address::isDeprecated)
                        .thenComparing(Address::isTemporary)
                        .thenComparing(Address::local))
                .toList();
        return usable.stream()
                .filter(address -> address.link() == hop.link())
                .filter(address ->
                        hop.gateway().filter(address.prefix()::contains).isPresent())
                .findFirst()
                .or(() -> usable.stream()
                        .filter(address -> address.link() == hop.link())
                        .findFirst())
                .or(() -> usable.stream().findFirst())
                .map(Address::local);
    }
}
