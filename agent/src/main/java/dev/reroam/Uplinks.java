package dev.reroam;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Hop;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.Route;
import dev.reroam.network.NetworkState;
import dev.reroam.web.StatusReport.Uplink;
import dev.reroam.web.StatusReport.UplinkState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The ways out of a picture of the network: one for each hop of a default route, in any table. Pure. */
final class Uplinks {

    private Uplinks() {}

    static List<Uplink> of(NetworkState state, long sinceMillis) {
        return state.routes().stream()
                .filter(Route::isDefault)
                .sorted(Comparator.comparing(Route::family).thenComparing(Route::priority))
                .flatMap(route -> route.hops().stream()
                        .filter(hop -> hop.link() > 0)
                        .map(hop -> uplink(state, route, hop, sinceMillis)))
                .distinct()
                .toList();
    }

    private static Uplink uplink(NetworkState state, Route route, Hop hop, long sinceMillis) {
        var link = state.link(hop.link());
        boolean running = link.filter(Link::isRunning).isPresent();
        return new Uplink(
                link.map(Link::name).orElse("#" + hop.link()),
                hop.link(),
                hop.gateway(),
                route.preferredSource().or(() -> source(state, route, hop)),
                running ? UplinkState.UP : UplinkState.DOWN,
                sinceMillis);
    }

    /** The address in the gateway's network, which is what the kernel takes where the route names none. */
    private static Optional<IpAddress> source(NetworkState state, Route route, Hop hop) {
        return state.addresses().stream()
                .filter(address -> address.link() == hop.link()
                        && address.local().family() == route.family()
                        && hop.gateway()
                                .map(gateway -> reaches(address, gateway))
                                .orElse(true))
                .map(Address::local)
                .min(Comparator.naturalOrder());
    }

    /** IPv6 routers are named by their link-local address; any global one of ours goes with it. */
    private static boolean reaches(Address address, IpAddress gateway) {
        return gateway.isLinkLocal()
                ? !address.local().isLinkLocal()
                : address.prefix().contains(gateway);
    }
}
