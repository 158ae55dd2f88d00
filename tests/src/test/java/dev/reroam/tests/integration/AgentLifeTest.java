package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How agents start, live beside each other and end, as processes of their own. */
@Tag("bed1")
class AgentLifeTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final AgentHome home = new AgentHome(net, net.router(), "one", ShippedFlags.agent());

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    @Test
    void refusesASecondAgentInTheSameNamespaceOnly() throws Exception {
        var first = home.start();
        var second = new AgentHome(net, net.router(), "two", ShippedFlags.agent());
        assertEquals(1, exitCode(second.launch()));
        assertTrue(
                second.log().contains("an agent already runs in this network namespace: process " + first.pid()),
                second::log);
        assertFalse(Files.exists(second.socket()));
        assertTrue(first.isAlive());

        var elsewhere = new AgentHome(net, net.host(), "elsewhere", ShippedFlags.agent());
        assertTrue(elsewhere.start().isAlive());
    }

    @Test
    void endsWhenToldToAndLeavesNoTrace() throws Exception {
        var before = traces();
        var agent = home.start();
        home.awaitStatus(SOON, status -> status.contains("\"path\":{\"interface\""));
        net.ip().request("route replace " + net.defaultRoute(2));
        assertTrue(AgentHome.until(SOON, () -> home.log().contains(" closed ")), home::log);
        net.ip().settled("route replace " + net.defaultRoute(1));
        assertTrue(Files.exists(home.socket()) && Files.exists(home.lock()));
        agent.toHandle().destroy();
        assertEquals(0, exitCode(agent), home::log);
        assertFalse(Files.exists(home.socket()), "the socket");
        assertFalse(Files.exists(home.lock()), "the lock");
        assertEquals(before, traces());
    }

    @Test
    void startsAgainAfterItWasKilled() throws Exception {
        var killed = home.start();
        killed.destroyForcibly();
        assertEquals(128 + 9, exitCode(killed));
        assertTrue(Files.exists(home.socket()), "nobody removes a dead agent's socket but the next agent");
        assertEquals("", home.status());

        var next = home.start();
        assertTrue(home.status().contains("\"pid\":" + next.pid() + ","), home::status);
    }

    /** With no configuration, in a namespace of somebody else's making, as a person types it. */
    @Test
    void healsInItsUsualPlacesWithNothingSaid() throws Exception {
        String own = "net-" + net.router().inode();
        var socket = Path.of("/run/reroam", own, "reroam.sock");
        var state = Path.of("/var/lib/reroam", own);
        var log = belongings.scratch("usual.log");
        net.tunnel().awaitHandshake();
        var agent = net.router().start(Redirect.appendTo(log.toFile()), words("run"));
        try {
            assertTrue(AgentHome.until(SOON, () -> said(log).contains("socket " + socket)), () -> said(log));
            assertTrue(
                    AgentHome.until(
                            SOON,
                            () -> net.router()
                                    .run(words("status").toArray(String[]::new))
                                    .contains("carrying")),
                    () -> said(log));
            net.ip().request("route replace " + net.defaultRoute(2));
            assertTrue(AgentHome.until(SOON, () -> said(log).contains("carries again")), () -> said(log));
            agent.destroy();
            assertEquals(0, exitCode(agent), () -> said(log));
            assertFalse(Files.exists(socket), "the socket");
            assertTrue(Files.isDirectory(state), "the ledger and the incidents stay");
        } finally {
            agent.destroyForcibly().waitFor();
            remove(state);
            remove(socket.getParent());
        }
    }

    @Test
    void aBadConfigurationIsSaidAndNothingStarts() throws Exception {
        var bad = belongings.scratch("bad.toml");
        Files.writeString(bad, "stear = \"auto\"\n");
        var log = belongings.scratch("bad.log");
        var agent = net.router().start(Redirect.appendTo(log.toFile()), words("run", "--config", bad.toString()));
        assertEquals(2, exitCode(agent));
        assertEquals(
                bad + ":1: unknown key 'stear', did you mean 'steer'?",
                said(log).strip());
        assertFalse(Files.exists(Path.of("/run/reroam", "net-" + net.router().inode())));
    }

    private static List<String> words(String... more) {
        var words = new ArrayList<>(ShippedFlags.agent().java());
        words.add("dev.reroam.Main");
        words.addAll(List.of(more));
        return words;
    }

    private static String said(Path log) {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var all = Files.walk(folder)) {
                for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(one);
                }
            }
        }
    }

    private int exitCode(Process process) throws InterruptedException {
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), home::log);
        return process.exitValue();
    }

    /** All that an agent could have changed in a namespace. */
    private String traces() {
        return net.router()
                .script("ip rule; ip -6 rule; ip route show table all; ip -6 route show table all type unicast"
                        + "; ip -brief link; iptables-save -t nat | grep ^-; iptables-save -t filter | grep ^-"
                        + "; nft list tables; wg showconf "
                        + net.tunnel().device());
    }
}
