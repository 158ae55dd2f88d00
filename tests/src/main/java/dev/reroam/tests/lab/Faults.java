package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Topology.Direction.BOTH;
import static dev.reroam.tests.lab.Topology.Direction.UPSTREAM;

import dev.reroam.linux.ip.IpFamily;
import java.util.List;
import java.util.Optional;

/** Every fault that the lab knows. */
public final class Faults {

    // Every old way is cut by its ISP first, unseen and at once: setting a link down takes the kernel milliseconds in
    // which an echo may still pass, and that one must not be taken for healing.

    static final Fault UPLINK_DOWN = Fault.of("uplink-down", "the first uplink is set down", net -> {
                long cut = net.swallow(1, BOTH);
                return Moments.of(cut, net.router().ip().request("link set dev wan1 down"));
            })
            .prepared(Faults::standbyByMetric)
            .cuttingCable();

    static final Fault ROUTE_REPLACED =
            Fault.of("route-replaced", "the first uplink dies unseen and the default route is replaced", net -> {
                long cut = net.swallow(1, BOTH);
                return Moments.of(cut, net.ip().request("route replace " + net.defaultRoute(2)));
            });

    static final Fault POLICY_RULE = Fault.of(
                    "policy-rule",
                    "the first uplink swallows what is sent and still delivers; a rule moves the tunnel's traffic to another"
                            + " table, while the main table never changes",
                    net -> {
                        long cut = net.swallow(1, UPSTREAM);
                        var rule = "rule add preference 50 to " + net.farAddress() + " lookup 102";
                        return Moments.of(cut, net.ip().request(rule));
                    })
            .prepared(net -> net.ip().settled("route add " + net.defaultRoute(2) + " table 102"));

    private Faults() {}

    /** All of them, in the order of the reports. */
    public static List<Fault> all() {
        return List.of(UPLINK_DOWN, ROUTE_REPLACED, POLICY_RULE);
    }

    /** The fault of that name. */
    public static Optional<Fault> named(String name) {
        return all().stream().filter(fault -> fault.name().equals(name)).findFirst();
    }

    // Two default routes, as a router keeps them that prefers one uplink.
    private static void standbyByMetric(Topology net) {
        // What the wiring made has IPv4's lowest metric, or IPv6's usual one.
        int wired = net.plan().outer() == IpFamily.V4 ? 0 : 1024;
        net.ip()
                .settled(
                        "route add " + net.defaultRoute(1) + " metric 10",
                        "route add " + net.defaultRoute(2) + " metric 20",
                        "route delete " + net.defaultRoute(1) + " metric " + wired);
    }
}
