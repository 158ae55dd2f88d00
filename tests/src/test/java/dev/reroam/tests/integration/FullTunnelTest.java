package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Coturn;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A box that sends everything into its tunnel, as wg-quick sets it up where a peer may be anybody: what is asked of the
 * uplinks must not go through it, where it would be answered as well, and wrongly.
 */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(60)
class FullTunnelTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String SERVER = "11.0.9.1";
    private static final int MARK = 0xca6c;

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);

    @BeforeEach
    void sendEverythingThrough() {
        Coturn.start(belongings, net.internet(), List.of(SERVER));
        var tunnel = net.tunnel();
        net.far()
                .script("echo 1 >/proc/sys/net/ipv4/ip_forward;" + " iptables -t nat -A POSTROUTING -s "
                        + tunnel.routerInner() + " -o out -j MASQUERADE");
        net.router()
                .script("wg set " + tunnel.device() + " fwmark " + MARK + "; wg set " + tunnel.device() + " peer '"
                        + peer() + "' allowed-ips 0.0.0.0/0,::/0\n"
                        + "ip route add default via " + net.uplink(2).gateway(IpFamily.V4) + " dev wan2 metric 2000\n"
                        + "ip route add default dev " + tunnel.device() + " table " + MARK + "\n"
                        + "ip rule add not fwmark " + MARK + " table " + MARK + "\n"
                        + "ip rule add table main suppress_prefixlength 0\n");
    }

    private String peer() {
        return net.router().run("wg", "show", net.tunnel().device(), "peers").strip();
    }

    @AfterEach
    void end() {
        belongings.close();
    }

    private String seen(int uplink) {
        return net.uplink(uplink).publicAddress(IpFamily.V4);
    }

    @Test
    void eachUplinkIsAskedPastIt() {
        String through = net.router().run("turnutils_natdiscovery", "-m", SERVER);
        assertTrue(through.contains(net.farAddress(IpFamily.V4)), () -> "nobody answers in the tunnel: " + through);

        var words = new ArrayList<>(ShippedFlags.agent().java());
        words.addAll(List.of("dev.reroam.Main", "netcheck", "--json", "--portal", "none", "--servers", SERVER));
        var found = new ArrayList<String>();
        JsonParser.parseString(net.router().run(words.toArray(String[]::new)))
                .getAsJsonObject()
                .getAsJsonArray("uplinks")
                .forEach(element -> {
                    var uplink = element.getAsJsonObject();
                    if (uplink.get("family").getAsString().equals("ipv4")) {
                        found.add(uplink.get("interface").getAsString() + " "
                                + uplink.getAsJsonArray("public_addresses"));
                    }
                });
        assertEquals(List.of("wan1 [\"" + seen(1) + "\"]", "wan2 [\"" + seen(2) + "\"]"), found);
    }

    @Test
    void agentKnowsBothUplinksAndTheTunnelFollowsThem() {
        var home = new AgentHome(net, net.router(), "agent", ShippedFlags.agent());
        home.configure("stun.servers = [\"" + SERVER + "\"]\n");
        home.start();
        home.awaitStatus(
                SOON,
                now -> now.contains("\"public_address\":\"" + seen(1) + "\"")
                        && now.contains("\"public_address\":\"" + seen(2) + "\"")
                        && !now.contains("\"public_address\":\"" + net.farAddress(IpFamily.V4) + "\""));
        home.awaitStatus(SOON, now -> now.contains("\"path\":{\"interface\":\"wan1\""));
        net.ip().request("route replace " + net.defaultRoute(2));
        home.awaitStatus(
                SOON,
                now -> now.contains("\"path\":{\"interface\":\"wan2\"") && now.contains("\"state\":\"carrying\""));
    }
}
