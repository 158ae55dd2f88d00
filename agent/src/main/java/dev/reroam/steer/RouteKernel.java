package dev.reroam.steer;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.route.Rule;
import dev.reroam.network.OwnNumbers;
import dev.reroam.steer.Owned.OwnRoute;
import dev.reroam.steer.Owned.OwnRule;
import java.util.ArrayList;

/** The kernel of the network namespace that the socket was opened in. Confined to the agent loop. */
final class RouteKernel implements SteerKernel {

    private final RouteSocket socket;

    RouteKernel(RouteSocket socket) {
        this.socket = socket;
    }

    /** Table by table, for the other tables may hold a million routes: 32 short dumps, most of no table at all. */
    @Override
    public Present read() throws NetlinkException, MalformedMessageException {
        var rules = new ArrayList<Rule>();
        var routes = new ArrayList<Route>();
        for (var family : IpFamily.values()) {
            rules.addAll(socket.rules(family));
            for (int table = OwnNumbers.FIRST_TABLE; table <= OwnNumbers.LAST_TABLE; table++) {
                routes.addAll(socket.routes(family, table));
            }
        }
        return new Present(rules, routes);
    }

    @Override
    public void make(Owned one) throws NetlinkException, MalformedMessageException {
        switch (one) {
            case OwnRule(var rule) -> socket.add(rule);
            case OwnRoute(var route) -> socket.add(route);
        }
    }

    @Override
    public boolean remove(Owned one) throws NetlinkException, MalformedMessageException {
        return switch (one) {
            case OwnRule(var rule) -> socket.delete(rule);
            case OwnRoute(var route) -> socket.delete(route);
        };
    }
}
