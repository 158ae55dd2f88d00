package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An uplink whose route has the higher metric is looked at over its own interface, as the one in use is. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(60)
class StandbyUplinkTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    // Each server twice, in turn.
    private static final Duration COMPARED = Duration.ofSeconds(60);
    private static final String SECOND_SERVER = "11.0.9.2";

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);

    @AfterEach
    void end() {
        belongings.close();
    }

    private static String server(IpFamily family) {
        return family == IpFamily.V4 ? "11.0.9.1" : "[2a0f:9::1]";
    }

    /** IPv6 is not translated. */
    private String seen(IpFamily family) {
        return family == IpFamily.V4
                ? net.uplink(2).publicAddress(family)
                : net.uplink(2).address(family);
    }

    private void listen(IpFamily family) {
        Coturn.start(belongings, net.internet(), List.of(server(family).replaceAll("[\\[\\]]", "")));
        net.router().script("ip route add default via " + net.uplink(2).gateway(family) + " dev wan2 metric 2000\n");
    }

    @ParameterizedTest
    @EnumSource
    void serverIsAskedOverTheStandby(IpFamily family) {
        listen(family);
        var words = new ArrayList<>(ShippedFlags.agent().java());
        words.addAll(List.of("dev.reroam.Main", "netcheck", "--json", "--portal", "none", "--servers"));
        words.add(server(family));
        var report = JsonParser.parseString(net.router().run(words.toArray(String[]::new)))
                .getAsJsonObject();
        var standby = standby(report, family);
        assertEquals("yes", standby.get("udp").getAsString(), () -> "" + standby);
        assertEquals(
                seen(family), standby.getAsJsonArray("public_addresses").get(0).getAsString());
    }

    @ParameterizedTest
    @EnumSource
    void agentKnowsThePublicAddressOfTheStandby(IpFamily family) {
        listen(family);
        var home = new AgentHome(net, net.router(), "agent", ShippedFlags.agent());
        home.configure("stun.servers = [\"" + server(family) + "\"]\n");
        home.start();
        home.awaitStatus(SOON, now -> now.contains("\"public_address\":\"" + seen(family) + "\""));
    }

    /** The first uplink's NAT is easy, the second one's hard; that costs no packet more than the public address does. */
    @Test
    void agentKnowsWhatTheNatOfEachUplinkDoes() {
        net.internet().run("ip", "address", "add", SECOND_SERVER + "/32", "dev", "lo");
        Coturn.start(belongings, net.internet(), List.of(server(IpFamily.V4), SECOND_SERVER));
        net.router()
                .script("ip route add default via " + net.uplink(2).gateway(IpFamily.V4) + " dev wan2 metric 2000\n");
        var home = new AgentHome(net, net.router(), "agent", ShippedFlags.agent());
        home.configure("stun.servers = [\"" + server(IpFamily.V4) + "\", \"" + SECOND_SERVER
                + "\"]\nstun.interval_seconds = 5\n");
        home.start();
        home.awaitStatus(
                COMPARED,
                now -> now.matches("(?s).*\"interface\":\"wan1\"[^}]*\"nat_mapping\":\"endpoint_independent\".*")
                        && now.matches("(?s).*\"interface\":\"wan2\"[^}]*\"nat_mapping\":\"dependent\".*"));
    }

    private static JsonObject standby(JsonObject report, IpFamily family) {
        for (var element : report.getAsJsonArray("uplinks")) {
            var uplink = element.getAsJsonObject();
            if (uplink.get("interface").getAsString().equals("wan2")
                    && uplink.get("family").getAsString().equals(family == IpFamily.V4 ? "ipv4" : "ipv6")) {
                return uplink;
            }
        }
        throw new AssertionError("no standby: " + report);
    }
}
