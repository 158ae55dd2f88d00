package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Command;
import dev.reroam.tests.lab.Coturn;
import dev.reroam.tests.lab.MiniUpnpd;
import dev.reroam.tests.lab.MiniUpnpd.Redirect;
import dev.reroam.tests.lab.MiniUpnpd.Speech;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.RedirectWatch;
import dev.reroam.tests.lab.Topology;
import dev.reroam.tests.lab.gateway.FakeGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent as people run it, with a WireGuard device and a gateway that maps its port. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(120)
class AgentMappingTest {

    private static final int PORT = 51820;
    private static final String NAS = "192.168.77.10";
    private static final Redirect OURS = new Redirect(PORT, NAS, PORT);
    private static final String SERVER = "11.0.9.1";
    private static final String NOBODY_ASKED = "stun.servers = []\n";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration AFTER_A_RESTART = Duration.ofSeconds(2);

    private final Belongings belongings = Belongings.open();

    @AfterEach
    void end() {
        belongings.close();
    }

    private static AgentHome home(Topology net, Namespace where) {
        var home = new AgentHome(net, where, "agent", ShippedFlags.agent());
        home.configure(NOBODY_ASKED);
        return home;
    }

    private Topology behindRouter() {
        return Topology.make(Plan.standard().withTunnelBehindRouter(), belongings);
    }

    private MiniUpnpd gateway(Namespace router, String lan, String wan) {
        return MiniUpnpd.start(belongings, router, lan, wan, EnumSet.allOf(Speech.class));
    }

    private static void assertComes(AgentHome home, MiniUpnpd gateway, Duration limit, Redirect... wanted) {
        assertTrue(
                Pause.until(limit, () -> gateway.redirects().equals(List.of(wanted))),
                () -> gateway.redirects() + "\n" + home.status() + "\n" + home.log());
    }

    /** As ctrl-C does. */
    private static void interrupt(Process agent, AgentHome home) throws InterruptedException {
        Command.of("kill", "-INT", Long.toString(agent.pid())).run();
        assertTrue(agent.waitFor(SOON.toSeconds(), TimeUnit.SECONDS), home::log);
    }

    @Test
    void statusAndTheGatewayAndItsClientSayTheSameAndCtrlCLeavesNothing() throws Exception {
        var net = behindRouter();
        var gateway = gateway(net.router(), "lan", "wan1");
        var home = home(net, net.near());
        var agent = home.start();
        assertComes(home, gateway, SOON, OURS);
        home.awaitStatus(SOON, now -> now.contains("\"internal_port\""));

        var mapping = mappings(net, home).get(0).getAsJsonObject();
        assertEquals("udp", mapping.get("transport").getAsString());
        assertEquals(PORT, mapping.get("internal_port").getAsInt());
        assertEquals("11.10.1.2:51820", mapping.get("external").getAsString());
        assertEquals("PCP", mapping.get("protocol").getAsString());
        assertTrue(mapping.get("lease_seconds").getAsLong() > 0);
        assertTrue(mapping.get("age_ms").getAsLong() >= 0);
        String listed = net.near().run("upnpc", "-l");
        assertTrue(listed.matches("(?s).*UDP +51820->192\\.168\\.77\\.10:51820 .*"), listed);

        interrupt(agent, home);
        assertEquals(0, agent.exitValue());
        assertEquals(List.of(), gateway.redirects());
    }

    /** Of the only uplink with a gateway that maps, as {@code reroam status --json} prints them. */
    private static JsonArray mappings(Topology net, AgentHome home) {
        var words = new ArrayList<>(ShippedFlags.agent().java());
        words.addAll(List.of(
                "dev.reroam.Main", "status", "--json", "--socket", home.socket().toString()));
        JsonObject status = JsonParser.parseString(net.near().run(words.toArray(String[]::new)))
                .getAsJsonObject();
        var found = new JsonArray();
        status.getAsJsonArray("uplinks")
                .forEach(uplink -> found.addAll(uplink.getAsJsonObject().getAsJsonArray("mappings")));
        return found;
    }

    @Test
    void portsThatAreConfiguredAreMappedBesideTheDevices() throws Exception {
        var net = behindRouter();
        var gateway = gateway(net.router(), "lan", "wan1");
        var home = home(net, net.near());
        home.configure(NOBODY_ASKED + "portmap.ports = [41641, 9993]\n");
        var agent = home.start();
        var wanted = Set.of(OURS, new Redirect(41_641, NAS, 41_641), new Redirect(9_993, NAS, 9_993));
        assertTrue(
                Pause.until(SOON, () -> Set.copyOf(gateway.redirects()).equals(wanted)),
                () -> gateway.redirects() + "\n" + home.status() + "\n" + home.log());
        interrupt(agent, home);
        assertEquals(List.of(), gateway.redirects());
    }

    @Test
    void gatewayThatStartsAnewHasOneMappingWithinTwoSeconds() {
        var net = behindRouter();
        var gateway = gateway(net.router(), "lan", "wan1");
        var home = home(net, net.near());
        home.start();
        assertComes(home, gateway, SOON, OURS);
        gateway.kill();
        gateway.flush();
        assertEquals(List.of(), gateway.redirects());
        var watch = RedirectWatch.start(net.router());
        gateway.startAgain();
        assertComes(home, gateway, AFTER_A_RESTART, OURS);
        assertEquals(1, watch.most());
    }

    /** The router has started anew, and may have come to another address: nothing in the kernel shows it. */
    @Test
    void whatTheWorldSeesIsAskedAtOnceWhenTheGatewayStartsAnew() {
        var net = behindRouter();
        var gateway = gateway(net.router(), "lan", "wan1");
        Coturn.start(belongings, net.internet(), List.of(SERVER));
        var home = new AgentHome(net, net.near(), "agent", ShippedFlags.agent());
        home.configure("stun.servers = [\"" + SERVER + "\"]\nstun.interval_seconds = 3600\n");
        home.start();
        assertComes(home, gateway, SOON, OURS);
        home.awaitStatus(SOON, now -> heardAt(now) > 0);
        // The mapping that matters is the tunnel's own: its socket is another program's, and asked from all the same.
        home.awaitStatus(SOON, now -> now.contains("\"asked_from\":\"listen_port\""));
        gateway.kill();
        gateway.flush();
        long before = heardAt(home.status());
        gateway.startAgain();
        home.awaitStatus(AFTER_A_RESTART, now -> heardAt(now) > before);
    }

    /** When a server last told the address, as the status says; 0 for never. */
    private static long heardAt(String status) {
        var heard = Pattern.compile("\"public_heard_unix_ms\":(\\d+)").matcher(status);
        return heard.find() ? Long.parseLong(heard.group(1)) : 0;
    }

    @Test
    void agentAfterOneThatWasKilledDoublesNothing() throws Exception {
        var net = behindRouter();
        var gateway = gateway(net.router(), "lan", "wan1");
        var watch = RedirectWatch.start(net.router());
        var home = home(net, net.near());
        var killed = home.start();
        assertComes(home, gateway, SOON, OURS);
        killed.destroyForcibly().waitFor();
        // Where a question was sent twice, miniupnpd removes its rule and makes it again.
        assertComes(home, gateway, AFTER_A_RESTART, OURS);
        var next = home.start();
        home.awaitStatus(SOON, now -> now.contains("\"internal_port\""));
        assertComes(home, gateway, AFTER_A_RESTART, OURS);
        interrupt(next, home);
        assertEquals(List.of(), gateway.redirects());
        assertEquals(1, watch.most());
    }

    /** Nothing ends such a mapping but a client: whoever starts next takes it back, though it wants none itself. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void mappingForEverOfAKilledAgentIsTakenBackByTheNext(boolean disabled) throws Exception {
        var net = behindRouter();
        try (var gateway = FakeGateway.start(net.router(), "lan", "192.168.77.1")) {
            gateway.change(ways -> {
                ways.speaks.clear();
                ways.speaks.add(dev.reroam.tests.lab.gateway.Speech.UPNP);
                ways.permanentOnly = true;
            });
            var home = home(net, net.near());
            var killed = home.start();
            assertTrue(
                    Pause.until(SOON, () -> gateway.table().equals(List.of("UPNP 17 51820 -> 192.168.77.10:51820"))),
                    () -> gateway.table() + home.log());
            home.awaitStatus(SOON, now -> now.contains("\"internal_port\""));
            killed.destroyForcibly().waitFor();
            assertEquals(1, gateway.table().size());
            assertFalse(isForgotten(home), () -> ledger(home));
            if (disabled) {
                home.configure(NOBODY_ASKED + "portmap.enabled = false\n");
            } else {
                net.near().run("ip", "link", "delete", "dev", net.tunnel().device());
            }
            home.start();
            assertTrue(Pause.until(SOON, () -> gateway.table().isEmpty()), () -> gateway.table() + home.log());
            assertTrue(Pause.until(SOON, () -> isForgotten(home)), () -> ledger(home));
        }
    }

    /** Its one entry is there until a line says otherwise. */
    private static boolean isForgotten(AgentHome home) {
        var lines = ledger(home).lines().toList();
        assertTrue(lines.getFirst().contains("\"Remember\",\"entry\":{\"@\":\"PermanentMapping\""), () -> "" + lines);
        return lines.size() == 2 && lines.getLast().contains("\"Forget\",\"entry\":{\"@\":\"PermanentMapping\"");
    }

    private static String ledger(AgentHome home) {
        try {
            return Files.readString(home.state().resolve("ledger"));
        } catch (IOException none) {
            return "";
        }
    }

    /** Nothing says that a gateway is private: the one on the path is asked, and what it says is taken. */
    @ParameterizedTest
    @EnumSource
    void gatewayMayHaveAPublicAddress(dev.reroam.tests.lab.gateway.Speech speech) throws Exception {
        var net = Topology.make(Plan.standard(), belongings);
        net.uplink(1).isp().run("ip", "address", "add", "11.77.0.1/24", "dev", "cable");
        try (var gateway = FakeGateway.start(net.uplink(1).isp(), "cable", "11.77.0.1")) {
            gateway.change(ways -> {
                ways.speaks.clear();
                ways.speaks.add(speech);
            });
            net.router()
                    .script("ip address add 11.77.0.2/24 dev wan1; ip route replace default via 11.77.0.1 dev wan1");
            var home = home(net, net.router());
            var agent = home.start();
            var ours = List.of(speech + " 17 51820 -> 11.77.0.2:51820");
            assertTrue(
                    Pause.until(SOON, () -> gateway.table().equals(ours)),
                    () -> gateway.table() + home.status() + home.log());
            interrupt(agent, home);
            assertEquals(List.of(), gateway.table());
        }
    }

    /** The gateways are the ISPs' own; the second uplink has a route of a higher metric. */
    @Test
    void standbyUplinkIsMappedBeforeItIsNeeded() {
        var net = Topology.make(Plan.standard(), belongings);
        net.ip().settled("route add " + net.defaultRoute(2) + " metric 20");
        var first = gateway(net.uplink(1).isp(), "cable", "out");
        var second = gateway(net.uplink(2).isp(), "cable", "out");
        var watch = RedirectWatch.start(net.uplink(2).isp());
        var home = home(net, net.router());
        home.start();
        var firsts = new Redirect(PORT, "100.64.1.2", PORT);
        var seconds = new Redirect(PORT, "100.64.2.2", PORT);
        assertComes(home, first, SOON, firsts);
        assertComes(home, second, SOON, seconds);
        net.ip().settled("route delete " + net.defaultRoute(1));
        home.awaitStatus(SOON, now -> now.contains("\"path\":{\"interface\":\"wan2\""));
        assertComes(home, second, Duration.ZERO, seconds);
        assertEquals(1, watch.most());
    }
}
