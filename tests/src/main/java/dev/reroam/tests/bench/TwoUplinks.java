package dev.reroam.tests.bench;

import static dev.reroam.linux.ip.IpFamily.V4;
import static dev.reroam.linux.ip.IpFamily.V6;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Coturn;
import dev.reroam.tests.lab.MiniUpnpd;
import dev.reroam.tests.lab.MiniUpnpd.Speech;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A router with two uplinks of both families, of which the second is a standby; at each a gateway that speaks everything, and
 * beyond them STUN servers that know RFC 5780. Used by one thread.
 */
final class TwoUplinks implements AutoCloseable {

    private static final List<String> SERVERS_V4 = List.of("11.0.9.1", "11.0.8.1");
    private static final List<String> SERVERS_V6 = List.of("2a0f:9::1", "2a0f:8::1");

    private final Belongings belongings = Belongings.open();
    private final Topology net;

    private TwoUplinks() {
        net = Topology.make(Plan.standard(), belongings);
    }

    /** Makes it; everything answers when this returns. */
    static TwoUplinks make() {
        var made = new TwoUplinks();
        try {
            made.answering();
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private void answering() {
        net.router()
                .script("ip route add " + net.uplink(2).defaultRoute(V4) + " metric 20\nip -6 route add "
                        + net.uplink(2).defaultRoute(V6) + " metric 2000\n");
        net.internet().script("ip address add 11.0.8.1/32 dev lo\nip address add 2a0f:8::1/128 dev lo nodad\n");
        Coturn.start(belongings, net.internet(), SERVERS_V4);
        Coturn.start(belongings, net.internet(), SERVERS_V6);
        for (int uplink : new int[] {1, 2}) {
            MiniUpnpd.start(belongings, net.uplink(uplink).isp(), "cable", "out", EnumSet.allOf(Speech.class));
        }
    }

    Topology net() {
        return net;
    }

    /** The servers, as the command line takes them. */
    static String servers() {
        return Stream.concat(SERVERS_V4.stream(), SERVERS_V6.stream().map(server -> "[" + server + "]"))
                .collect(Collectors.joining(","));
    }

    /** The servers, as the configuration takes them. */
    static String configuration() {
        return "stun.servers = [\"" + servers().replace(",", "\", \"") + "\"]\n";
    }

    /** The ISP's namespace of an uplink counts what the router sends but the tunnel's own packets, from now on. */
    void count(int uplink) {
        for (String family : List.of("iptables", "ip6tables")) {
            net.uplink(uplink)
                    .isp()
                    .script(family + " -t mangle -I PREROUTING -i cable -p udp ! --dport "
                            + net.tunnel().farEndpoint().port() + "\n" + family
                            + " -t mangle -I PREROUTING -i cable -p tcp --syn\n");
        }
    }

    /** What was counted so far: datagrams, and connections over TCP. */
    long counted(int uplink, IpFamily family) {
        return net.uplink(uplink)
                .isp()
                .run(family == V4 ? "iptables-save" : "ip6tables-save", "-c", "-t", "mangle")
                .lines()
                .filter(line -> line.contains("-i cable -p"))
                .mapToLong(line -> Long.parseLong(line.substring(1, line.indexOf(':'))))
                .sum();
    }

    @Override
    public void close() {
        belongings.close();
    }
}
