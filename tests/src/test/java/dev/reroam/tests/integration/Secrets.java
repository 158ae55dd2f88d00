package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import dev.reroam.tests.lab.WireGuardKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Private and preshared keys, which every reading of a device carries, are nowhere: not even in the agent's memory. Makes its
 * own network and removes it.
 */
final class Secrets {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Topology net;
    private final AgentRemedy shipped;

    private Secrets(Topology net, AgentRemedy shipped) {
        this.net = net;
        this.shipped = shipped;
    }

    /** An agent sees a failover of such a device, and is searched before and after. */
    static void areKeptNowhere(WireGuardKind kind, AgentRemedy shipped) throws Exception {
        try (var belongings = Belongings.open()) {
            var net = Topology.make(Plan.standard().withWireguard(kind), belongings);
            new Secrets(net, shipped).play(kind);
        }
    }

    private void play(WireGuardKind kind) throws Exception {
        var secrets = new ProcessMemory(Map.of(
                "private key", wg("private-key"),
                "preshared key", presharedKey(),
                "private key of the other side",
                        net.far()
                                .run("wg", "show", net.tunnel().farDevice(), "private-key")
                                .strip()));
        var home = new AgentHome(net, net.router(), "secret", shipped);
        var agent = home.start();
        home.awaitStatus(SOON, status -> status.contains("\"path\":{\"interface\""));
        assertEquals(Set.of(), secrets.in(agent.pid()));

        net.router().run("ping", "-n", "-c", "1", "-W", "5", net.tunnel().farInner());
        net.ip().request("route replace " + net.defaultRoute(2));
        // An incident is closed one second after the last reading that belongs to it.
        assertTrue(AgentHome.until(SOON, () -> home.log().contains(" closed ")), home::log);
        assertEquals(Set.of(), secrets.in(agent.pid()));

        assertNothingIn(secrets, home.status(), "status");
        assertNothingIn(secrets, home.ask("incidents"), "incidents");
        assertNothingIn(secrets, home.ask("incidents/1"), "the incident");
        assertNothingIn(secrets, home.log(), "the log");
        int files = 0;
        try (var state = Files.walk(home.state())) {
            for (var file : state.filter(Files::isRegularFile).toList()) {
                assertEquals(Set.of(), secrets.in(plain(file), file.toString()));
                files++;
            }
        }
        assertTrue(files > 0, "no incident was kept");

        assertFindsWhatIsThere(agent, home);
        if (kind == WireGuardKind.USERSPACE) {
            var secret = new ProcessMemory(Map.of("private key", wg("private-key")));
            assertFalse(secret.in(daemon()).isEmpty(), "the daemon must know it");
        }
    }

    /** The search finds public keys in the agent. */
    private void assertFindsWhatIsThere(Process agent, AgentHome home) throws Exception {
        var known = new ProcessMemory(Map.of("public key", wg("public-key"), "peer", wg("peers")));
        var found = known.in(agent.pid());
        assertTrue(found.stream().anyMatch(form -> form.startsWith("public key")), found::toString);
        assertTrue(found.stream().anyMatch(form -> form.startsWith("peer")), found::toString);
        assertFalse(known.in(home.status().getBytes(StandardCharsets.UTF_8), "status")
                .isEmpty());
    }

    private static byte[] plain(Path file) throws Exception {
        if (!file.toString().endsWith(".gz")) {
            return Files.readAllBytes(file);
        }
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    private static void assertNothingIn(ProcessMemory secrets, String text, String where) {
        assertFalse(text.isEmpty(), where);
        assertEquals(Set.of(), secrets.in(text.getBytes(StandardCharsets.UTF_8), where));
    }

    /** Gives both ends one. */
    private String presharedKey() {
        var key = net.router().run("wg", "genpsk").strip();
        presharedKey(net.router(), net.tunnel().device(), key);
        presharedKey(net.far(), net.tunnel().farDevice(), key);
        return key;
    }

    private static void presharedKey(Namespace namespace, String device, String key) {
        var peer = namespace.run("wg", "show", device, "peers").strip();
        namespace
                .command("wg", "set", device, "peer", peer, "preshared-key", "/dev/stdin")
                .withInput(key + "\n")
                .run();
    }

    private String wg(String what) {
        return net.router().run("wg", "show", net.tunnel().device(), what).strip();
    }

    private long daemon() {
        var device = net.tunnel().device();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.endsWith("wireguard-go -f " + device))
                        .isPresent())
                .findFirst()
                .orElseThrow()
                .pid();
    }
}
