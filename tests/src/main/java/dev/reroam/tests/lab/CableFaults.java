package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Topology.Direction.BOTH;

import dev.reroam.linux.ip.IpFamily;
import java.time.Duration;
import java.util.List;

/**
 * Faults in which a link goes down.
 *
 * <p>Here and in the other lists, the old way is cut by its ISP first, unseen and at once: setting a link down takes the
 * kernel milliseconds in which an echo may still pass, and that one must not be taken for healing.
 */
final class CableFaults {

    private static final Duration FAILOVER_DAEMON = Duration.ofMillis(200);
    // Longer than the second within which the kernel holds back a carrier event.
    private static final Duration OUT_OF_ORDER = Duration.ofMillis(2500);
    // The far end of the cable comes up a few ms after the near one; what is sent before waits for a second.
    private static final Duration LEASE = Duration.ofMillis(100);
    private static final Duration FLAP = Duration.ofMillis(300);

    static final Fault UPLINK_DOWN = Fault.of("uplink-down", "the first uplink is set down", net -> {
                long cut = net.swallow(1, BOTH);
                return Moments.of(cut, net.router().ip().request("link set dev wan1 down"));
            })
            .prepared(CableFaults::standbyByMetric)
            .cuttingCable();

    static final Fault CABLE_CUT = Fault.of(
                    "cable-cut",
                    "the far end of the first uplink's cable goes down and the router ignores routes without carrier:"
                            + " the route answer changes without a route event",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        return Moments.of(cut, pullCable(net));
                    })
            .prepared(net -> {
                ignoreRoutesWithoutCarrier(net);
                standbyByMetric(net);
            })
            .cuttingCable();

    static final Fault CABLE_CUT_LATE_ROUTE = Fault.of(
                    "cable-cut-late-route",
                    "the far end of the first uplink's cable goes down; a failover daemon replaces the route 200 ms later",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        long shown = pullCable(net);
                        Pause.of(FAILOVER_DAEMON);
                        return new Moments(cut, shown, net.ip().request("route replace " + net.defaultRoute(2)));
                    })
            .cuttingCable();

    static final Fault CABLE_FLAPS = Fault.of(
                    "cable-flaps",
                    "the first uplink's cable goes down, up and down again within 600 ms; the kernel tells of the last"
                            + " change up to a second late",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        long shown = pullCable(net);
                        Pause.of(FLAP);
                        net.uplink(1).isp().ip().request("link set dev cable up");
                        Pause.of(FLAP);
                        pullCable(net);
                        return Moments.of(cut, shown);
                    })
            .prepared(net -> {
                ignoreRoutesWithoutCarrier(net);
                standbyByMetric(net);
            })
            .cuttingCable();

    static final Fault NAT_FORGETS = Fault.of(
                    "nat-forgets",
                    "the first uplink's modem restarts: no carrier for 2.5 s, and its NAT has forgotten every mapping",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        long shown = pullCable(net);
                        net.uplink(1).isp().run("conntrack", "--flush");
                        Pause.of(OUT_OF_ORDER);
                        net.deliver(1, BOTH);
                        return new Moments(cut, shown, plugCable(net));
                    })
            .cuttingCable();

    static final Fault BOTH_GONE = Fault.of(
                    "both-gone", "both uplinks are set down; 2.5 s later the second is back with its route", net -> {
                        long cut = net.swallow(1, BOTH);
                        net.swallow(2, BOTH);
                        long shown = net.router().ip().settled("link set dev wan1 down", "link set dev wan2 down");
                        Pause.of(OUT_OF_ORDER);
                        net.deliver(2, BOTH);
                        net.router().ip().settled("link set dev wan2 up");
                        Pause.of(LEASE);
                        return new Moments(cut, shown, net.ip().request(leased(net)));
                    })
            .cuttingCable();

    static final List<Fault> ALL =
            List.of(UPLINK_DOWN, CABLE_CUT, CABLE_CUT_LATE_ROUTE, NAT_FORGETS, BOTH_GONE, CABLE_FLAPS);

    private CableFaults() {}

    // Two default routes, as a router keeps them that prefers one uplink.
    private static void standbyByMetric(Topology net) {
        // What the wiring made has IPv4's lowest metric, or IPv6's usual one.
        int wired = net.isV4() ? 0 : 1024;
        net.ip()
                .settled(
                        "route add " + net.defaultRoute(1) + " metric 10",
                        "route add " + net.defaultRoute(2) + " metric 20",
                        "route delete " + net.defaultRoute(1) + " metric " + wired);
    }

    private static void ignoreRoutesWithoutCarrier(Topology net) {
        // Without a line's end: net/ipv6/addrconf.c addrconf_fixup_linkdown of Linux 6.1 returns 1, which the writer
        // takes
        // for one byte written; the kernel refuses the other when it comes alone.
        net.router().script("""
                        printf 1 >/proc/sys/net/ipv4/conf/wan1/ignore_routes_with_linkdown
                        printf 1 >/proc/sys/net/ipv6/conf/wan1/ignore_routes_with_linkdown
                        """);
    }

    private static long pullCable(Topology net) {
        return net.uplink(1).isp().ip().request("link set dev cable down");
    }

    // What the ISP's end has lost by going down comes back with it.
    private static long plugCable(Topology net) {
        var first = net.uplink(1);
        return first.isp()
                .ip()
                .request(first.ispLines(first.address(IpFamily.V4)).toArray(String[]::new));
    }

    // A link that is set down keeps its IPv4 address and loses its IPv6 addresses and all routes.
    private static String[] leased(Topology net) {
        var route = "route add " + net.defaultRoute(2);
        return net.isV4()
                ? new String[] {route}
                : new String[] {"address replace " + net.uplink(2).address(IpFamily.V6) + "/64 dev wan2 nodad", route};
    }
}
