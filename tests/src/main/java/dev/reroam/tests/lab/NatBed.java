package dev.reroam.tests.lab;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A box behind a router that translates, and beyond it a STUN server with two addresses (coturn): both families, three
 * namespaces, gone with the {@link Belongings}. For questions about NATs, where {@link Topology} would be too much.
 *
 * <pre>
 * inside (192.168.77.2, fd00:77::2) -lan- router -wan- outside (11.22.33.10 and .11, 2001:db8:77::10 and ::11)
 * </pre>
 */
public final class NatBed {

    /** What the router does with packets that leave. */
    public enum Translation {
        /** iptables MASQUERADE: endpoint-independent mapping as long as no two flows want one port. */
        EASY("-A POSTROUTING -o wan -j MASQUERADE\n"),
        /** Each flow gets a random port: address and port-dependent mapping. */
        HARD("-A POSTROUTING -o wan -j MASQUERADE --random-fully\n"),
        /** Nothing. */
        NONE("");

        private final String rules;

        Translation(String rules) {
            this.rules = rules;
        }
    }

    /** The port of the STUN server; the other one is the next. */
    public static final int STUN_PORT = 3478;

    private static final Duration SERVER_STARTS_WITHIN = Duration.ofSeconds(20);
    private static final String FORWARD =
            "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding\n";

    private final Belongings belongings;
    private final Namespace inside;
    private final Namespace router;
    private final Namespace outside;

    private NatBed(Belongings belongings) {
        this.belongings = belongings;
        inside = belongings.namespace("in");
        router = belongings.namespace("nat");
        outside = belongings.namespace("out");
    }

    /** Makes it, without the STUN server. */
    public static NatBed make(Belongings belongings, Translation translation) {
        var bed = new NatBed(belongings);
        bed.build(translation);
        return bed;
    }

    private void build(Translation translation) {
        String table = "*nat\n" + translation.rules + "COMMIT\n";
        new SetupScript()
                .namespaces(List.of(inside, router, outside), "")
                .cables("link add lan netns " + inside + " type veth peer name lan netns " + router + "\n"
                        + "link add wan netns " + router + " type veth peer name wan netns " + outside)
                .ip(inside, """
                        addr add 192.168.77.2/24 dev lan
                        addr add fd00:77::2/64 dev lan nodad
                        link set lan up
                        route add default via 192.168.77.1
                        route add default via fd00:77::1
                        """)
                .inside(router, FORWARD)
                .ip(router, """
                        addr add 192.168.77.1/24 dev lan
                        addr add fd00:77::1/64 dev lan nodad
                        addr add 11.22.33.1/24 dev wan
                        addr add 2001:db8:77::1/64 dev wan nodad
                        link set lan up
                        link set wan up
                        """)
                .firewall(router, table, table)
                .ip(outside, """
                        addr add 11.22.33.10/24 dev wan
                        addr add 11.22.33.11/24 dev wan
                        addr add 2001:db8:77::10/64 dev wan nodad
                        addr add 2001:db8:77::11/64 dev wan nodad
                        link set wan up
                        route add 192.168.77.0/24 via 11.22.33.1
                        route add fd00:77::/64 via 2001:db8:77::1
                        """)
                .run();
    }

    /** The box. */
    public Namespace inside() {
        return inside;
    }

    /** The router, for more rules. */
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
        String suffix = v6 ? "6" : "4";
        var log = outside.log("turnserver" + suffix);
        var words = Stream.concat(
                        Stream.of("turnserver", "-n", "--stun-only", "--no-auth", "--no-cli", "--no-tls", "--no-dtls"),
                        Stream.concat(
                                stunAddresses(v6).stream().flatMap(address -> Stream.of("-L", address)),
                                Stream.of(
                                        "--no-tcp",
                                        "-m",
                                        "1",
                                        "-p",
                                        Integer.toString(STUN_PORT),
                                        "--alt-listening-port",
                                        Integer.toString(STUN_PORT + 1),
                                        "--log-file",
                                        "stdout",
                                        "--simple-log",
                                        "--pidfile",
                                        belongings
                                                .scratch("turnserver" + suffix + ".pid")
                                                .toString(),
                                        "--userdb",
                                        belongings
                                                .scratch("turnserver" + suffix + ".db")
                                                .toString())))
                .toList();
        outside.start(log.redirect(), words);
        if (!Pause.until(SERVER_STARTS_WITHIN, () -> listening(v6) == 4)) {
            throw new IllegalStateException("turnserver does not listen: " + log.text());
        }
    }

    private long listening(boolean v6) {
        return outside.run("ss", v6 ? "-6" : "-4", "-Hlun")
                .lines()
                .filter(line -> line.contains(":" + STUN_PORT) || line.contains(":" + (STUN_PORT + 1)))
                .count();
    }
}
