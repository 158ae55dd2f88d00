package dev.reroam.tests.lab;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A box behind a router that translates, and beyond it a STUN server with two addresses (coturn): both families, gone with
 * the {@link Belongings}. For questions about NATs, where {@link Topology} would be too much.
 *
 * <pre>
 * inside (192.168.77.2, fd00:77::2) -lan- router -wan- outside (11.22.33.10 and .11, 2001:db8:77::10 and ::11)
 * inside -lan- router -wan- (11.44.55.0/24) -lan- carrier -wan- outside
 * </pre>
 */
public final class NatBed {

    /** Whom each port has sent to; before the port is translated, and EASY keeps it. */
    private static final String SENT_TO = """
            table %1$s sent_to {
              set hosts { typeof %1$s daddr . udp sport; flags dynamic,timeout; timeout 5m; }
              chain out {
                type filter hook postrouting priority 0;
                oifname "wan" meta l4proto udp add @hosts { %1$s daddr . udp sport }
              }
              chain in {
                type nat hook prerouting priority -90;
                iifname "wan" meta l4proto udp %1$s saddr . udp dport @hosts dnat to %2$s
              }
            }
            """;

    private static final String MASQUERADE = "-A POSTROUTING -o wan -j MASQUERADE\n";

    /** What the router does with packets that leave, and with those that nobody asked for. */
    public enum Translation {
        /** iptables MASQUERADE: endpoint-independent mapping as long as no two flows want one port. */
        EASY(MASQUERADE),
        /** Each flow gets a random port: address and port-dependent mapping. */
        HARD("-A POSTROUTING -o wan -j MASQUERADE --random-fully\n"),
        /** EASY, and whatever comes for a high port is forwarded to the box: a full cone, without hairpinning. */
        FULL_CONE(MASQUERADE + "-A PREROUTING -i wan -p udp --dport 1024:65535 -j DNAT --to-destination %2$s\n"),
        /** EASY, and whoever was sent something from a port may send to it from any port of his: a restricted cone. */
        RESTRICTED_CONE(MASQUERADE),
        /** One address outside for one inside, whatever the protocol and the port; also from inside, by hairpin. */
        ONE_TO_ONE("""
                -A PREROUTING -d %1$s -j DNAT --to-destination %2$s
                -A POSTROUTING -s %2$s -j SNAT --to-source %1$s
                """),
        /** Nothing. */
        NONE("");

        private final String rules;

        Translation(String rules) {
            this.rules = rules;
        }

        /** The table of one family, with the router's address outside and the box's. */
        private String table(String outer, String box) {
            return "*nat\n" + Template.fill(rules, outer, box) + "COMMIT\n";
        }
    }

    /** The port of the STUN server; the other one is the next. */
    public static final int STUN_PORT = Coturn.PORT;

    private static final String FORWARD =
            "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding\n";

    private final Belongings belongings;
    private final Namespace inside;
    private final Namespace router;
    private final Optional<Namespace> carrier;
    private final Namespace outside;

    private NatBed(Belongings belongings, boolean twice) {
        this.belongings = belongings;
        inside = belongings.namespace("in");
        router = belongings.namespace("nat");
        carrier = twice ? Optional.of(belongings.namespace("cgn")) : Optional.empty();
        outside = belongings.namespace("out");
    }

    /** Makes it, without the STUN server. */
    public static NatBed make(Belongings belongings, Translation translation) {
        var bed = new NatBed(belongings, false);
        bed.build(List.of(translation));
        return bed;
    }

    /** Makes it with two routers in a row, the inner one's outer address being no private one. */
    public static NatBed makeDouble(Belongings belongings, Translation inner, Translation outer) {
        var bed = new NatBed(belongings, true);
        bed.build(List.of(inner, outer));
        return bed;
    }

    private void build(List<Translation> translations) {
        var routers = Stream.concat(Stream.of(router), carrier.stream()).toList();
        var boxes = Stream.of(Stream.of(inside), routers.stream(), Stream.of(outside))
                .flatMap(part -> part)
                .toList();
        var script = new SetupScript().namespaces(boxes, "");
        for (int i = 0; i + 1 < boxes.size(); i++) {
            String far = i + 2 < boxes.size() ? "lan" : "wan";
            String near = i == 0 ? "lan" : "wan";
            script.cables(Template.fill(
                    "link add %s netns %s type veth peer name %s netns %s", near, boxes.get(i), far, boxes.get(i + 1)));
        }
        script.ip(inside, """
                addr add 192.168.77.2/24 dev lan
                addr add fd00:77::2/64 dev lan nodad
                link set lan up
                route add default via 192.168.77.1
                route add default via fd00:77::1
                """);
        for (int i = 0; i < routers.size(); i++) {
            var translation = translations.get(i);
            script.inside(routers.get(i), FORWARD)
                    .ip(
                            routers.get(i),
                            i == 0 ? lan() + (carrier.isEmpty() ? wan() : toCarrier()) : fromRouter() + wan())
                    .firewall(
                            routers.get(i),
                            translation.table("11.22.33.1", "192.168.77.2"),
                            translation.table("2001:db8:77::1", "fd00:77::2"));
            if (translation == Translation.RESTRICTED_CONE) {
                script.nft(routers.get(i), Template.fill(SENT_TO, "ip", "192.168.77.2"))
                        .nft(routers.get(i), Template.fill(SENT_TO, "ip6", "fd00:77::2"));
            }
        }
        script.ip(outside, """
                        addr add 11.22.33.10/24 dev wan
                        addr add 11.22.33.11/24 dev wan
                        addr add 2001:db8:77::10/64 dev wan nodad
                        addr add 2001:db8:77::11/64 dev wan nodad
                        link set wan up
                        route add 192.168.77.0/24 via 11.22.33.1
                        route add fd00:77::/64 via 2001:db8:77::1
                        """).run();
    }

    private static String lan() {
        return """
                addr add 192.168.77.1/24 dev lan
                addr add fd00:77::1/64 dev lan nodad
                link set lan up
                """;
    }

    private static String wan() {
        return """
                addr add 11.22.33.1/24 dev wan
                addr add 2001:db8:77::1/64 dev wan nodad
                link set wan up
                """;
    }

    private static String toCarrier() {
        return """
                addr add 11.44.55.2/24 dev wan
                addr add 2001:db8:55::2/64 dev wan nodad
                link set wan up
                route add default via 11.44.55.1
                route add default via 2001:db8:55::1
                """;
    }

    private static String fromRouter() {
        return """
                addr add 11.44.55.1/24 dev lan
                addr add 2001:db8:55::1/64 dev lan nodad
                link set lan up
                """;
    }

    /** The box. */
    public Namespace inside() {
        return inside;
    }

    /** The router next to the box, for more rules. */
    public Namespace router() {
        return router;
    }

    /** The internet. */
    public Namespace outside() {
        return outside;
    }

    /** The two addresses of the STUN server. */
    public static List<String> stunAddresses(boolean v6) {
        return v6 ? List.of("2001:db8:77::10", "2001:db8:77::11") : List.of("11.22.33.10", "11.22.33.11");
    }

    /** Starts coturn on both addresses and ports of a family and waits until it listens. */
    public void startStunServer(boolean v6) {
        Coturn.start(belongings, outside, stunAddresses(v6));
    }
}
