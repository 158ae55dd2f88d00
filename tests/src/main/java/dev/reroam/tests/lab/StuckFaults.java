package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;
import static dev.reroam.tests.lab.Topology.Direction.BOTH;

import dev.reroam.linux.ip.IpFamily;
import java.time.Duration;
import java.util.List;

/**
 * Faults in which something on the router itself holds the tunnel where it cannot carry: an entry of connection tracking, or a
 * host route. What is held for good heals by nobody's timer. They need a remedy that waits for no server: {@link #told}.
 */
public final class StuckFaults {

    private static final String LAN_ADDRESS = Wiring.LAN + "1";
    // What is usual must be known before it can be missed.
    private static final Duration TRAFFIC_BEFORE = Duration.ofSeconds(4);
    private static final int STANDBY_METRIC = 2000;

    /**
     * The router sends from its LAN address, whichever way, and each uplink has its SNAT rule: a new source is the old one,
     * the flow is the same, and it goes on being translated to the address of the dead uplink.
     */
    public static final Fault FLOW_KEPT = Fault.of(
                    "flow-kept",
                    "the first uplink dies unseen and the default route is replaced; connection tracking goes on"
                            + " translating the tunnel's flow to the address of the first, as long as somebody tries",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        return Moments.of(cut, net.ip().request("route replace " + fromLan(net, 2)));
                    })
            .planned(plan -> plan.withOwnTranslation(OwnTranslation.SNAT))
            .prepared(StuckFaults::sendFromLan)
            .after(TRAFFIC_BEFORE);

    /** The same where nobody fails over, and who steers past the dead uplink meets the flow. */
    public static final Fault FLOW_KEPT_SILENT = Fault.of(
                    "flow-kept-silent",
                    "the first uplink dies unseen and its routes stay; connection tracking goes on translating the"
                            + " tunnel's flow to its address, whichever way it goes",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        return Moments.of(cut, cut);
                    })
            .planned(plan -> plan.withOwnTranslation(OwnTranslation.SNAT))
            .prepared(net -> {
                sendFromLan(net);
                net.ip().settled(fill("route add %s metric %d", fromLan(net, 2), STANDBY_METRIC));
            })
            .after(TRAFFIC_BEFORE);

    /** A failover daemon that knows nothing of the host route; healing is counted from the cable's end. */
    public static final Fault HOST_ROUTE = Fault.of(
                    "host-route",
                    "the first uplink's cable is dead and its default route is deleted; a host route to the endpoint"
                            + " stays there",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        long shown = pullCable(net);
                        net.ip().request("route delete " + net.defaultRoute(1));
                        return Moments.of(cut, shown);
                    })
            .prepared(StuckFaults::pin)
            .cuttingCable();

    /** Nobody fails over at all. */
    public static final Fault HOST_ROUTE_ALONE = Fault.of(
                    "host-route-alone",
                    "the first uplink's cable is dead, and its default route and a host route to the endpoint stay there",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        return Moments.of(cut, pullCable(net));
                    })
            .prepared(StuckFaults::pin)
            .cuttingCable();

    /** Only the tunnel's own silence tells. */
    public static final Fault HOST_ROUTE_SILENT = Fault.of(
                    "host-route-silent",
                    "the first uplink dies unseen and its default route is deleted; a host route to the endpoint stays"
                            + " there",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        return Moments.of(cut, net.ip().request("route delete " + net.defaultRoute(1)));
                    })
            .prepared(StuckFaults::pin)
            .after(TRAFFIC_BEFORE);

    /** All of them, in the order of the reports. */
    public static final List<Fault> ALL =
            List.of(FLOW_KEPT, FLOW_KEPT_SILENT, HOST_ROUTE, HOST_ROUTE_ALONE, HOST_ROUTE_SILENT);

    private StuckFaults() {}

    /** The agent without servers. */
    public static AgentRemedy told(AgentRemedy agent) {
        return agent.configured("stun.servers = []\n", status -> true);
    }

    /** As OpenWrt's netifd makes it for the endpoint of each peer, by the uplink that is best when the tunnel comes up. */
    public static void pin(Topology net) {
        net.ip()
                .settled(
                        fill("route add %s metric %d", net.defaultRoute(2), STANDBY_METRIC),
                        fill(
                                "route add %s via %s dev wan1 proto static",
                                net.farAddress(),
                                net.uplink(1).gateway(net.plan().outer())));
    }

    private static long pullCable(Topology net) {
        return net.uplink(1).isp().ip().request("link set dev cable down");
    }

    private static String fromLan(Topology net, int uplink) {
        var way = net.uplink(uplink);
        return fill("default via %s dev %s src %s", way.gateway(IpFamily.V4), way.device(), LAN_ADDRESS);
    }

    private static void sendFromLan(Topology net) {
        var tunnel = net.tunnel();
        net.ip().settled("route replace " + fromLan(net, 1));
        // The flow from before has the address and port that the next one is to be translated to.
        net.router()
                .script(fill(
                        """
                conntrack -D -p udp --orig-port-src %1$d
                wg set %2$s peer %3$s endpoint %4$s
                ping -q -c 3 -i 0.2 -W 1 %5$s
                conntrack -L -p udp --orig-port-src %1$d --orig-src %6$s --reply-dst %7$s | grep -q .
                """,
                        tunnel.routerPort(),
                        tunnel.device(),
                        tunnel.farPublicKey(),
                        tunnel.farEndpoint(),
                        tunnel.farInner(),
                        LAN_ADDRESS,
                        net.uplink(1).address(IpFamily.V4)));
    }
}
