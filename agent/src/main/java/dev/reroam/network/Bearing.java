package dev.reroam.network;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteEvent;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What bears on our questions: of a routing table of any size, the routes that cover a tunnel's endpoint. Immutable; one
 * look-up among the endpoints a route, whatever the size of the table.
 */
final class Bearing {

    /** No tunnels: only default routes bear. */
    static final Bearing NONE = new Bearing(new TreeSet<>());

    private final NavigableSet<IpAddress> endpoints;

    private Bearing(NavigableSet<IpAddress> endpoints) {
        this.endpoints = endpoints;
    }

    /** What bears on the ways to these. */
    static Bearing on(Collection<IpAddress> endpoints) {
        return new Bearing(new TreeSet<>(endpoints));
    }

    boolean isOn(Collection<IpAddress> others) {
        return endpoints.equals(new TreeSet<>(others));
    }

    /** Whether the picture keeps this route. */
    boolean keeps(Route route) {
        return route.table() != Route.TABLE_LOCAL && (route.isDefault() || covers(route.destination()));
    }

    /**
     * Whether a path of ours may be another one after this. A look-up finds the routes that cover its destination, of
     * whatever table and type, and no others.
     */
    boolean mayMove(RouteEvent event) {
        return switch (event) {
            case RouteEvent.Changed(Route route, boolean replaces) -> covers(route.destination());
            case RouteEvent.Removed(Route route) -> covers(route.destination());
            case RouteEvent.Changed other -> true;
            case RouteEvent.Removed other -> true;
            case RouteEvent.Lost lost -> true;
            case RouteEvent.Unreadable unreadable -> true;
        };
    }

    private boolean covers(IpPrefix destination) {
        if (destination.length() == 0) {
            return true;
        }
        var above = endpoints.ceiling(destination.address());
        return above != null && destination.contains(above);
    }
}
