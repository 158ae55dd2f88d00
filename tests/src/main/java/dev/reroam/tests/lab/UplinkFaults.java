package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;
import static dev.reroam.tests.lab.Topology.Direction.BOTH;

import dev.reroam.linux.ip.IpFamily;
import java.time.Duration;
import java.util.List;

/** Faults in which addresses, gateways and default routes change while every cable stays plugged. */
final class UplinkFaults {

    private static final Duration NEGOTIATION = Duration.ofMillis(100);
    private static final Duration REDIAL = Duration.ofMillis(300);

    static final Fault ROUTE_REPLACED =
            Fault.of("route-replaced", "the first uplink dies unseen and the default route is replaced", net -> {
                long cut = net.swallow(1, BOTH);
                return Moments.of(cut, net.ip().request("route replace " + net.defaultRoute(2)));
            });

    static final Fault ADDRESS_CHANGED =
            Fault.of("address-changed", "the first uplink gets another address, the old one no longer works", net -> {
                var first = net.uplink(1);
                var family = net.plan().outer();
                long cut = net.swallowLease();
                net.translateTo(first.nextAddress(IpFamily.V4));
                var length = net.isV4() ? "/24 dev wan1" : "/64 dev wan1 nodad";
                return Moments.of(
                        cut,
                        net.ip()
                                .request(
                                        "address delete " + first.address(family) + length,
                                        "address add " + first.nextAddress(family) + length,
                                        routeFromNextAddress(net)));
            });

    static final Fault PREFIX_CHANGED = Fault.of(
                    "prefix-changed",
                    "the first uplink gets another IPv6 prefix; the old address stays, deprecated, and no longer works",
                    net -> {
                        var first = net.uplink(1);
                        long cut = net.swallowLease();
                        return Moments.of(
                                cut,
                                net.ip()
                                        .request(
                                                fill("address add %s/64 dev wan1 nodad", first.nextPrefixAddress()),
                                                fill(
                                                        "address change %s/64 dev wan1 preferred_lft 0",
                                                        first.address(IpFamily.V6))));
                    })
            .planned(plan -> plan.withOuter(IpFamily.V6))
            // As a router advertisement leaves it: the kernel chooses the source.
            .prepared(net -> {
                var first = net.uplink(1);
                first.isp().ip().settled("route add " + first.nextPrefix() + " dev cable");
                net.ip().settled("route replace default via " + first.gateway(IpFamily.V6) + " dev wan1");
            });

    static final Fault GATEWAY_CHANGED = Fault.of(
                    "gateway-changed", "the first uplink's gateway dies and another takes its place", net -> {
                        var family = net.plan().outer();
                        long cut = net.swallow(1, BOTH);
                        net.takeOverPrefix();
                        return Moments.of(
                                cut,
                                net.ip()
                                        .request(fill(
                                                "route replace default via %s dev wan1 src %s",
                                                net.uplink(2).gateway(family),
                                                net.uplink(1).address(family))));
                    })
            .planned(plan -> plan.withCabling(Cabling.ONE_SUBNET));

    static final Fault ONE_SUBNET = Fault.of(
                    "one-subnet",
                    "two uplinks in one subnet, chosen by source and gateway: the first one's gateway dies and the default"
                            + " route is replaced",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        return Moments.of(cut, net.ip().request("route replace " + net.defaultRoute(2)));
                    })
            .planned(plan -> plan.withCabling(Cabling.ONE_SUBNET))
            .prepared(UplinkFaults::tableBySource);

    static final Fault FAILBACK = Fault.of(
                    "failback",
                    "the tunnel goes over the second uplink, which dies; the default route goes back to the first, while"
                            + " rules keep each uplink's address in its own table",
                    net -> {
                        long cut = net.swallow(2, BOTH);
                        return Moments.of(cut, net.ip().request("route replace " + net.defaultRoute(1)));
                    })
            .planned(plan -> plan.withFirstUplink(2))
            .prepared(UplinkFaults::tableBySource);

    static final Fault REDIALLED = Fault.of(
                    "redialled",
                    "the first uplink, point-to-point as PPPoE is, is deleted and made anew 300 ms later under another"
                            + " number, with another address",
                    net -> {
                        long cut = net.swallow(1, BOTH);
                        long shown = net.router().ip().settled("link delete dev wan1");
                        Pause.of(REDIAL);
                        net.redial();
                        Pause.of(NEGOTIATION);
                        net.translateTo(net.uplink(1).nextAddress(IpFamily.V4));
                        net.deliver(1, BOTH);
                        return new Moments(cut, shown, net.ip().request(routeFromNextAddress(net)));
                    })
            .planned(plan -> plan.withCabling(Cabling.POINT_TO_POINT))
            .cuttingCable();

    static final List<Fault> ALL =
            List.of(ROUTE_REPLACED, ADDRESS_CHANGED, PREFIX_CHANGED, GATEWAY_CHANGED, ONE_SUBNET, FAILBACK, REDIALLED);

    private UplinkFaults() {}

    private static String routeFromNextAddress(Topology net) {
        var first = net.uplink(1);
        var family = net.plan().outer();
        return fill("route replace default via %s dev wan1 src %s", first.gateway(family), first.nextAddress(family));
    }

    // A table per uplink, chosen by the source address: how multi-homed routers keep answers on their uplink.
    static void tableBySource(Topology net) {
        for (var uplink : net.uplinks()) {
            net.ip()
                    .settled(
                            fill(
                                    "route add %s table 10%d",
                                    uplink.defaultRoute(net.plan().outer()), uplink.number()),
                            fill(
                                    "rule add preference 100%d from %s lookup 10%d",
                                    uplink.number(), uplink.address(net.plan().outer()), uplink.number()));
        }
    }
}
