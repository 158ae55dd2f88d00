package dev.reroam.network;

import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteEvent;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A picture of the box's network: what bears on our questions. Immutable.
 *
 * @param links by interface index, without their counters
 * @param routes only those that bear: default routes and routes that cover a tunnel's endpoint
 */
public record NetworkState(Map<Integer, Link> links, Set<Address> addresses, Set<Route> routes) {

    /** Nothing known yet. */
    public static final NetworkState EMPTY = new NetworkState(Map.of(), Set.of(), Set.of());

    public NetworkState {
        links = Map.copyOf(links);
        addresses = Set.copyOf(addresses);
        routes = Set.copyOf(routes);
    }

    /** The interface, by the kernel's number. */
    public Optional<Link> link(int index) {
        return Optional.ofNullable(links.get(index));
    }

    /** The interface, by its name. */
    public Optional<Link> link(String name) {
        return links.values().stream().filter(link -> link.name().equals(name)).findAny();
    }

    /**
     * The picture after one announcement; this very object when it changes nothing here.
     *
     * @param bears which routes are kept
     */
    NetworkState after(RouteEvent event, Predicate<Route> bears) {
        return switch (event) {
            case RouteEvent.Changed(Link link, boolean replaces) -> with(link.withoutTraffic());
            case RouteEvent.Changed(Address address, boolean replaces) -> with(address);
            case RouteEvent.Changed(Route route, boolean replaces) -> bears.test(route) ? with(route, replaces) : this;
            case RouteEvent.Removed(Link link) -> without(link);
            case RouteEvent.Removed(Address address) -> without(address);
            case RouteEvent.Removed(Route route) -> without(route);
            case RouteEvent.Changed other -> this;
            case RouteEvent.Removed other -> this;
            case RouteEvent.Lost lost -> this;
            case RouteEvent.Unreadable unreadable -> this;
        };
    }

    /**
     * The picture after the tables were read.
     *
     * @param read what the reading found and is kept
     * @param meanwhile what was announced while it lasted, in order: it may have found what is no longer so
     */
    NetworkState withRoutes(Set<Route> read, List<RouteEvent> meanwhile, Predicate<Route> keeps) {
        var after = new NetworkState(links, addresses, read);
        for (var event : meanwhile) {
            // Links and addresses are in the picture already.
            after = switch (event) {
                case RouteEvent.Changed(Route route, boolean replaces) -> after.after(event, keeps);
                case RouteEvent.Removed(Route route) -> after.after(event, keeps);
                case RouteEvent.Changed other -> after;
                case RouteEvent.Removed other -> after;
                case RouteEvent.Lost lost -> after;
                case RouteEvent.Unreadable unreadable -> after;
            };
        }
        return after;
    }

    private NetworkState with(Link link) {
        if (link.equals(links.get(link.index()))) {
            return this;
        }
        var changed = new LinkedHashMap<>(links);
        changed.put(link.index(), link);
        return new NetworkState(changed, addresses, routes);
    }

    private NetworkState without(Link link) {
        if (!links.containsKey(link.index())) {
            return this;
        }
        var changed = new LinkedHashMap<>(links);
        changed.remove(link.index());
        return new NetworkState(changed, addresses, routes);
    }

    private NetworkState with(Address address) {
        if (addresses.contains(address)) {
            return this;
        }
        var changed = new LinkedHashSet<>(addresses);
        changed.removeIf(known -> same(known, address));
        changed.add(address);
        return new NetworkState(links, changed, routes);
    }

    private NetworkState without(Address address) {
        var changed = new LinkedHashSet<>(addresses);
        return changed.removeIf(known -> same(known, address)) ? new NetworkState(links, changed, routes) : this;
    }

    /** Flags change in the life of an address (tentative, deprecated); it is the same one. */
    private static boolean same(Address a, Address b) {
        return a.link() == b.link() && a.local().equals(b.local()) && a.prefixLength() == b.prefixLength();
    }

    private NetworkState with(Route route, boolean replaces) {
        var changed = new LinkedHashSet<>(routes);
        if (replaces) {
            changed.removeIf(known -> samePlace(known, route));
        }
        return changed.add(route) || changed.size() != routes.size()
                ? new NetworkState(links, addresses, changed)
                : this;
    }

    private NetworkState without(Route route) {
        var changed = new LinkedHashSet<>(routes);
        return changed.removeIf(known -> samePlace(known, route) && known.hops().equals(route.hops()))
                ? new NetworkState(links, addresses, changed)
                : this;
    }

    private static boolean samePlace(Route a, Route b) {
        return a.table() == b.table()
                && a.destination().equals(b.destination())
                && a.typeOfService() == b.typeOfService()
                && a.priority() == b.priority();
    }
}
