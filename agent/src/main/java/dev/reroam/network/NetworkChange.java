package dev.reroam.network;

import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is different between two pictures, as named questions. Immutable. Most changes are of one kind, and a picture shares
 * with the one before what is the same: that is looked at first, for a packet waits for the answer.
 */
public record NetworkChange(NetworkState before, NetworkState after) {

    /** The difference between two pictures. */
    public static NetworkChange between(NetworkState before, NetworkState after) {
        return new NetworkChange(before, after);
    }

    /** Interfaces that could carry packets and cannot any more, or are gone. */
    public Set<Integer> linksLost() {
        if (before.links().equals(after.links())) {
            return Set.of();
        }
        return before.links().values().stream()
                .filter(Link::isRunning)
                .map(Link::index)
                .filter(index -> after.link(index).filter(Link::isRunning).isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Interfaces that can carry packets and could not before, or are new. */
    public Set<Integer> linksGained() {
        return between(/* before= */ after, /* after= */ before).linksLost();
    }

    /** Interfaces that lost an address. */
    public Set<Integer> addressesLost() {
        if (before.addresses().equals(after.addresses())) {
            return Set.of();
        }
        var kept = after.addresses().stream().map(NetworkChange::identity).collect(Collectors.toSet());
        return before.addresses().stream()
                .filter(address -> !kept.contains(identity(address)))
                .map(Address::link)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Interfaces whose packets may be remembered wrongly by somebody: they lost carrier, admin state, or an address. */
    public Set<Integer> disturbed() {
        var disturbed = new TreeSet<Integer>(linksLost());
        disturbed.addAll(addressesLost());
        return disturbed;
    }

    /** Whether a default route came, went or changed, in any table. */
    public boolean defaultRoutesChanged() {
        return !defaults(before).equals(defaults(after));
    }

    /** What people are told, oldest fact first; empty where nothing that bears is different. */
    public List<String> signs() {
        var signs = new ArrayList<String>();
        if (!before.links().equals(after.links())) {
            linkSigns(signs);
        }
        if (!before.addresses().equals(after.addresses())) {
            addressSigns(signs);
        }
        if (!before.routes().equals(after.routes())) {
            routeSigns(signs);
        }
        return signs;
    }

    private void linkSigns(List<String> signs) {
        for (int index : linksLost()) {
            signs.add(name(before, index)
                    + after.link(index)
                            .map(link -> link.isUp() ? ": carrier lost" : ": set down")
                            .orElse(": gone"));
        }
        for (int index : linksGained()) {
            signs.add(name(after, index) + (before.links().containsKey(index) ? ": carrier back" : ": new, running"));
        }
    }

    private void addressSigns(List<String> signs) {
        difference(before.addresses(), after.addresses())
                .forEach(address -> signs.add(name(before, address.link()) + ": address " + address.local() + " gone"));
        difference(after.addresses(), before.addresses())
                .forEach(address -> signs.add(name(after, address.link()) + ": address " + address.local() + " new"));
    }

    private void routeSigns(List<String> signs) {
        defaults(before).stream()
                .filter(route -> !after.routes().contains(route))
                .forEach(route -> signs.add("default route gone: " + text(before, route)));
        defaults(after).stream()
                .filter(route -> !before.routes().contains(route))
                .forEach(route -> signs.add("default route new: " + text(after, route)));
    }

    private static List<Address> difference(Set<Address> from, Set<Address> other) {
        var identities = other.stream().map(NetworkChange::identity).collect(Collectors.toSet());
        return from.stream()
                .filter(address -> !identities.contains(identity(address)))
                .sorted(Comparator.comparing(Address::local))
                .toList();
    }

    /** An address without what may change in its life. */
    private record Identity(int link, Object local, int prefixLength) {}

    private static Identity identity(Address address) {
        return new Identity(address.link(), address.local(), address.prefixLength());
    }

    private static Set<Route> defaults(NetworkState state) {
        return state.routes().stream().filter(Route::isDefault).collect(Collectors.toSet());
    }

    private static String name(NetworkState state, int index) {
        return state.link(index).map(Link::name).orElse("interface " + index);
    }

    private static String text(NetworkState state, Route route) {
        String ways = route.hops().stream()
                .map(hop -> name(state, hop.link())
                        + hop.gateway().map(gateway -> " via " + gateway).orElse(""))
                .collect(Collectors.joining(", "));
        return ways
                + (route.table() == Route.TABLE_MAIN ? "" : " in table " + Integer.toUnsignedString(route.table()))
                + (route.priority() == 0 ? "" : " metric " + route.priority());
    }
}
