package dev.reroam.steer;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.route.Hop;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.Route;
import dev.reroam.network.NetworkState;
import dev.reroam.network.OwnNumbers;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What this box must have so that it may steer. Immutable.
 *
 * @param ways the families that have a default route, in whatever table but ours, by an interface that runs
 * @param lan whether an interface runs that has an address and no default route: somebody whose traffic is carried
 */
public record Footing(Set<IpFamily> ways, boolean lan) {

    /** linux/rtnetlink.h RT_SCOPE_LINK: from here on an address is not for packets that are routed. */
    private static final int SCOPE_LINK = 253;

    public Footing {
        ways = Set.copyOf(ways);
    }

    /**
     * What a picture shows.
     *
     * @param tunnels interfaces of tunnels, which are neither a way out nor a LAN
     */
    public static Footing of(NetworkState state, Set<Integer> tunnels) {
        var defaults = state.routes().stream()
                .filter(route -> route.isDefault() && !OwnNumbers.own(route))
                .toList();
        var ways = EnumSet.noneOf(IpFamily.class);
        defaults.stream()
                .filter(route ->
                        route.hops().stream().anyMatch(hop -> !tunnels.contains(hop.link()) && runs(state, hop.link())))
                .map(Route::family)
                .forEach(ways::add);
        var outward = defaults.stream()
                .flatMap(route -> route.hops().stream())
                .map(Hop::link)
                .collect(Collectors.toSet());
        boolean lan = state.addresses().stream()
                .filter(address -> address.isUsable()
                        && address.scope() < SCOPE_LINK
                        && !address.local().isLoopback())
                .anyMatch(address -> !tunnels.contains(address.link())
                        && !outward.contains(address.link())
                        && runs(state, address.link()));
        return new Footing(Collections.unmodifiableSet(ways), lan);
    }

    private static boolean runs(NetworkState state, int link) {
        return state.link(link)
                .filter(Link::isRunning)
                .filter(one -> !one.isLoopback())
                .isPresent();
    }
}
