package dev.reroam.tests.lab;

import static dev.reroam.linux.ip.IpFamily.V4;
import static dev.reroam.linux.ip.IpFamily.V6;
import static dev.reroam.tests.lab.Template.fill;

import java.util.ArrayList;
import java.util.List;

/** Lays the cables of a {@link Topology} and configures its boxes, in one script. */
final class Wiring {

    static final String LAN = "192.168.77.";
    private static final String LAN_V6 = "fd77::";
    private static final String FAR_LAN = "192.168.99.";
    private static final String FAR_LAN_V6 = "fd99:f::";

    // What later interfaces inherit: no waiting for duplicate addresses, no router advertisements.
    private static final String QUIET = """
            cd /proc/sys/net
            echo 0 >ipv6/conf/default/accept_dad
            echo 0 >ipv6/conf/all/accept_dad
            echo 0 >ipv6/conf/default/accept_ra
            """;

    private static final String FORWARD = """
            echo 1 >/proc/sys/net/ipv4/ip_forward
            echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
            """;

    // ISPs drop what does not come from an address of theirs (RFC 2827): IPv4 by this, IPv6 by the firewall below.
    private static final String ISP = FORWARD + "echo 1 >/proc/sys/net/ipv4/conf/cable/rp_filter\n";

    private static final String ISP_FIREWALL_V6 = """
            *mangle
            -A PREROUTING -i cable -m rpfilter --invert -j DROP
            COMMIT
            *filter
            -A FORWARD -i out -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
            -A FORWARD -i out -j DROP
            COMMIT
            """;

    // As OpenWrt ships them (files/etc/sysctl.d/10-default.conf and 11-nf-conntrack.conf); rp_filter and
    // ignore_routes_with_linkdown stay at the kernel's default, 0.
    private static final String HOME_ROUTER = FORWARD + """
            cd /proc/sys/net
            echo 60 >netfilter/nf_conntrack_udp_timeout
            echo 180 >netfilter/nf_conntrack_udp_timeout_stream
            """;

    // As OpenWrt does; but with it, an interface with a point-to-point address does not answer for it.
    private static final String ONLY_OWN_ARP = "echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore\n";

    private final Topology net;
    private final Plan plan;
    private final SetupScript script = new SetupScript();

    Wiring(Topology net) {
        this.net = net;
        this.plan = net.plan();
    }

    void lay() {
        var all = new ArrayList<>(List.of(net.router(), net.host(), net.far(), net.internet()));
        net.farRouter().ifPresent(all::add);
        net.uplinks().forEach(uplink -> all.add(uplink.isp()));
        if (plan.cabling() == Cabling.ONE_SUBNET) {
            var segment = net.belongings().namespace("s");
            all.add(segment);
            script.namespaces(all, QUIET);
            segment(segment);
        } else {
            script.namespaces(all, QUIET);
            net.uplinks().forEach(uplink -> cable(net.router(), uplink.device(), uplink.isp(), "cable"));
        }
        net.uplinks().forEach(uplink -> cable(uplink.isp(), "out", net.internet(), "isp" + uplink.number()));
        net.farRouter()
                .ifPresentOrElse(
                        router -> {
                            cable(net.far(), "out", router, "lan");
                            cable(router, "out", net.internet(), "far");
                        },
                        () -> cable(net.far(), "out", net.internet(), "far"));
        cable(net.host(), "lan", net.router(), "lan");
        net.uplinks().forEach(this::isp);
        internet();
        far();
        host();
        router();
        script.run();
    }

    private void cable(Namespace one, String oneEnd, Namespace other, String otherEnd) {
        script.cables(fill("link add %s netns %s type veth peer name %s netns %s", oneEnd, one, otherEnd, other));
    }

    private void segment(Namespace segment) {
        script.ip(segment, "link add bridge type bridge\nlink set dev bridge up");
        for (var uplink : net.uplinks()) {
            for (var end : List.of(uplink.device(), "gateway" + uplink.number())) {
                boolean routers = end.equals(uplink.device());
                cable(routers ? net.router() : uplink.isp(), routers ? end : "cable", segment, end);
                script.ip(segment, fill("link set dev %s master bridge up", end));
            }
        }
    }

    private void isp(Uplink uplink) {
        var isp = uplink.isp();
        script.ip(
                isp,
                String.join("\n", uplink.ispLines(uplink.address(V4)))
                        + fill(
                                """

                                address add %s/24 dev out
                                address add %s/64 dev out nodad
                                link set dev out up
                                route add default via %s
                                route add default via %s
                                """,
                                uplink.publicAddress(V4),
                                uplink.publicAddress(V6),
                                uplink.upstream(V4),
                                uplink.upstream(V6)));
        script.inside(isp, ISP);
        // Endpoint-independent mapping; with random ports address-and-port dependent mapping, the hard NAT.
        var masquerade = "*nat\n-A POSTROUTING -o out -j MASQUERADE" + (uplink.number() == 1 ? "" : " --random-fully");
        script.firewall(
                isp,
                plan.behindRouter() ? "" : masquerade + "\nCOMMIT",
                ISP_FIREWALL_V6 + (plan.nat66() ? masquerade + "\nCOMMIT" : ""));
    }

    private void internet() {
        var lines = new StringBuilder("address add 11.0.9.1/24 dev far\naddress add 2a0f:9::1/64 dev far nodad\n");
        lines.append("link set dev far up\n");
        for (var uplink : net.uplinks()) {
            String device = "isp" + uplink.number();
            lines.append(fill("address add %s/24 dev %s\n", uplink.upstream(V4), device));
            lines.append(fill("address add %s/64 dev %s nodad\n", uplink.upstream(V6), device));
            lines.append(fill("link set dev %s up\n", device));
            lines.append(fill("route add %s via %s\n", uplink.routedPrefix(), uplink.publicAddress(V6)));
            if (plan.behindRouter()) {
                lines.append(fill("route add %s via %s\n", uplink.prefixV4(), uplink.publicAddress(V4)));
            }
        }
        script.ip(net.internet(), lines.toString());
        script.inside(net.internet(), FORWARD);
    }

    private void far() {
        script.ip(net.farRouter().orElse(net.far()), fill("""
                address add %s/24 dev out
                address add %s/64 dev out nodad
                link set dev out up
                route add default via 11.0.9.1
                route add default via 2a0f:9::1
                """, net.farAddress(V4), net.farAddress(V6)));
        net.farRouter().ifPresent(this::farRouter);
    }

    private void farRouter(Namespace router) {
        script.inside(router, FORWARD);
        script.ip(router, fill("""
                address add %1$s1/24 dev lan
                address add %2$s1/64 dev lan nodad
                link set dev lan up
                """, FAR_LAN, FAR_LAN_V6));
        script.ip(net.far(), fill("""
                address add %1$s2/24 dev out
                address add %2$s2/64 dev out nodad
                link set dev out up
                route add default via %1$s1
                route add default via %2$s1
                """, FAR_LAN, FAR_LAN_V6));
        script.firewall(router, forwarding(FAR_LAN + "2"), forwarding(FAR_LAN_V6 + "2"));
    }

    private static String forwarding(String inside) {
        return fill("""
                *nat
                -A PREROUTING -i out -p udp --dport %d -j DNAT --to-destination %s
                -A POSTROUTING -o out -j MASQUERADE
                COMMIT
                """, Tunnel.PORT, inside);
    }

    private void host() {
        script.ip(net.host(), fill("""
                address add %s10/24 dev lan
                address add %s10/64 dev lan nodad
                link set dev lan up
                route add default via %s1
                route add default via %s1
                """, LAN, LAN_V6, LAN, LAN_V6));
    }

    private void router() {
        var lines =
                new StringBuilder(fill("address add %s1/24 dev lan\naddress add %s1/64 dev lan nodad\n", LAN, LAN_V6));
        lines.append("link set dev lan up\n");
        for (var uplink : net.uplinks()) {
            uplink.routerLines(uplink.address(V4), uplink.address(V6))
                    .forEach(line -> lines.append(line).append('\n'));
        }
        var first = net.uplink(plan.firstUplink());
        lines.append("route add ").append(first.defaultRoute(V4)).append('\n');
        lines.append("route add ").append(first.defaultRoute(V6)).append('\n');
        script.inside(net.router(), HOME_ROUTER + (plan.cabling() == Cabling.POINT_TO_POINT ? "" : ONLY_OWN_ARP));
        script.ip(net.router(), lines.toString());
        script.firewall(net.router(), translation() + stateful("icmp"), stateful("ipv6-icmp"));
    }

    private String translation() {
        var rules = new StringBuilder("*nat\n");
        for (var uplink : net.uplinks()) {
            var out = "-A POSTROUTING -o " + uplink.device();
            rules.append(
                    switch (plan.ownTranslation()) {
                        case MASQUERADE -> out + " -j MASQUERADE\n";
                        case SNAT -> out + " -j SNAT --to-source " + uplink.address(V4) + "\n";
                        case NONE -> out + " -s " + LAN + "0/24 -j MASQUERADE\n";
                    });
        }
        return rules.append("COMMIT\n").toString();
    }

    // A state match is what makes the kernel track connections at all in a namespace.
    private static String stateful(String icmp) {
        return fill("""
                *filter
                -A INPUT -i wan+ -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
                -A INPUT -i wan+ -p %s -j ACCEPT
                -A INPUT -i wan+ -j DROP
                -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED,DNAT -j ACCEPT
                -A FORWARD -i wan+ -j DROP
                COMMIT
                """, icmp);
    }
}
