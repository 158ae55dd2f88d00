package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The far peer has another address, and its name says which: WireGuard asked once. On wireguard-go; the router's files are
 * those of wg-quick and resolv.conf(5), as {@code ip netns exec} mounts them.
 */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
class MovedPeerTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String NAME = "far.example";
    private static final String SECRET = "ncKJmFmeTBVb4ogepUSxa/LXR4+9Ft1rZAs/8iChVA0=";
    private static final String SERVER = "11.0.9.1";
    private static final String FORMER = "11.0.9.9";
    private static final String NEW = "11.0.9.77";

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final AgentHome home = new AgentHome(net, net.router(), "moved", ShippedFlags.agent());
    private final Path files = Path.of("/etc/netns", net.router().name());
    private final Path quick = files.resolve("wireguard").resolve(net.tunnel().device() + ".conf");
    private NameResponder names;

    @BeforeEach
    void nameTheFarPeer() throws IOException {
        names = NameResponder.start(net.internet(), SERVER);
        names.names(NAME, FORMER, "");
        Files.createDirectories(quick.getParent());
        Files.writeString(files.resolve("resolv.conf"), "nameserver " + SERVER + "\n");
        var key = net.router().run("wg", "show", net.tunnel().device(), "peers").strip();
        Files.writeString(
                quick,
                "[Interface]\nPrivateKey = " + SECRET + "\n[Peer]\nPublicKey = " + key + "\nEndpoint = " + NAME + ":"
                        + net.tunnel().farEndpoint().port() + "\n");
        home.configure("stun.servers = []\nportmap.enabled = false\n");
    }

    @AfterEach
    void removeEverything() throws IOException {
        names.close();
        belongings.close();
        for (var path : new Path[] {quick, quick.getParent(), files.resolve("resolv.conf"), files}) {
            Files.deleteIfExists(path);
        }
    }

    @Test
    void isFoundByItsNameAndTheTunnelCarries() {
        carrying();
        names.names(NAME, NEW, "2a0f:9::77");
        move();
        assertTrue(AgentHome.until(SOON, () -> home.log().contains("carries again: echo answered")), home::log);
        assertEquals(NEW + ":" + net.tunnel().farEndpoint().port(), endpoint(), home::log);
        assertTrue(home.log().contains("name changed: " + NAME + " means " + NEW), home::log);
        assertTrue(names.asked().stream().anyMatch(from -> from.startsWith("11.0.")), () -> "" + names.asked());
        assertFalse(home.log().contains(SECRET));
        assertEquals(
                net.tunnel().routerPort(),
                Integer.parseInt(net.router()
                        .run("wg", "show", net.tunnel().device(), "listen-port")
                        .strip()));
    }

    @Test
    void staysWhereItsNameStillPointsAndTheJournalSaysSo() {
        carrying();
        move();
        String said = NAME + " still means " + FORMER + ":"
                + net.tunnel().farEndpoint().port();
        assertTrue(AgentHome.until(SOON, () -> home.log().contains(said)), home::log);
        assertTrue(AgentHome.until(SOON, () -> home.ask("incidents/1").contains(said)), () -> home.ask("incidents/1"));
        assertEquals(FORMER + ":" + net.tunnel().farEndpoint().port(), endpoint(), home::log);
        assertFalse(home.log().contains("resolve: from"), home::log);
    }

    /** The agent runs, and has seen that the far peer answers echoes. */
    private void carrying() {
        home.start();
        net.router().start("ping", "-q", "-i", "0.1", net.tunnel().farInner());
        assertTrue(
                AgentHome.until(SOON, () -> home.ask("explain").contains("echo answered")), () -> home.ask("explain"));
    }

    /** The far peer speaks first to nobody: what comes from its new address would tell where it is. */
    private void move() {
        net.far().script("""
                ip addr del 11.0.9.9/24 dev out
                ip addr add 11.0.9.77/24 dev out
                ip route replace default via 11.0.9.1
                """);
    }

    private String endpoint() {
        return net.router()
                .run("wg", "show", net.tunnel().device(), "endpoints")
                .strip()
                .split("\t", -1)[1];
    }
}
