package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;
import static dev.reroam.tests.lab.Topology.Direction.BOTH;

import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;

/** A failover while a routing daemon fills and empties the tables. */
public final class FloodFault {

    // Filled and emptied without end; it is stopped with the network.
    private static final String TO_AND_FRO = "while ip -batch %s && ip -batch %s; do :; done";
    private static final Duration UNDER_WAY = Duration.ofMillis(300);

    private FloodFault() {}

    /** The first uplink dies unseen and the default route is replaced, while so many routes come and go. */
    public static Fault of(int routes) {
        return Fault.of(
                        "route-replaced-in-a-flood",
                        "the first uplink dies unseen and the default route is replaced while routes come and go",
                        net -> {
                            flood(net, RouteFlood.of(routes, routes));
                            long cut = net.swallow(1, BOTH);
                            return Moments.of(cut, net.ip().request("route replace " + net.defaultRoute(2)));
                        })
                .prepared(RouteFlood::select);
    }

    private static void flood(Topology net, RouteFlood flood) {
        var words = List.of("sh", "-c", fill(TO_AND_FRO, flood.adding(net), flood.removing(net)));
        var log = net.belongings().scratch("flood.log");
        var process = net.router().start(Redirect.to(log.toFile()), words);
        if (Pause.until(UNDER_WAY, () -> !process.isAlive())) {
            throw new IllegalStateException("the flood ended: " + new LogFile(log).text());
        }
    }
}
