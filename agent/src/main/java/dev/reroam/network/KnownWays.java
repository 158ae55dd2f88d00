package dev.reroam.network;

import dev.reroam.linux.route.Route;
import dev.reroam.recovery.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Interfaces by which a packet of ours ever could have left: what another one loses is none of our business. Also what was
 * one: a route may be announced as gone before the link that took it along. Confined to the loop.
 */
final class KnownWays {

    private final Set<Integer> interfaces = new TreeSet<>();

    /** These routes are in the picture: each bears on a question. */
    void see(Collection<Route> routes) {
        routes.forEach(route -> route.hops().forEach(hop -> interfaces.add(hop.link())));
    }

    /** The kernel's answer. */
    void see(Path path) {
        if (path instanceof Path.Via via) {
            interfaces.add(via.interfaceIndex());
        }
    }

    /** Those of these that are ways. */
    Set<Integer> among(Set<Integer> others) {
        var ways = new TreeSet<>(others);
        ways.retainAll(interfaces);
        return ways;
    }

    /** Of the others, numbers are not used again. */
    void keepOnly(Set<Integer> existing) {
        interfaces.retainAll(existing);
    }
}
