package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.CommandFailedException;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What people type, against an agent that runs beside a real tunnel. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
class CommandsTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ASKS_NOBODY = "stun.servers = []\nportmap.enabled = false\n";

    private final Belongings belongings = Belongings.open();
    // Without keepalives and traffic nothing is sent that the agent does not send.
    private final Topology net = Topology.make(Plan.standard().withKeepalive(0), belongings);
    private final AgentRemedy agent = ShippedFlags.agent();
    private final AgentHome home = new AgentHome(net, net.router(), "one", agent);
    private final String device = net.tunnel().device();

    @BeforeEach
    void shakesHands() {
        net.router().run("ping", "-c", "1", "-W", "8", net.tunnel().farInner());
    }

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    private List<String> words(String... command) {
        var words = new ArrayList<>(agent.java());
        words.add("dev.reroam.Main");
        words.addAll(List.of(command));
        return words;
    }

    /** What a command prints; fails where its exit code is not 0. */
    private String reroam(String... command) {
        return net.router().command(words(command).toArray(String[]::new)).run();
    }

    private String ask(String... command) {
        var words = new ArrayList<>(List.of(command));
        words.addAll(List.of("--socket", home.socket().toString()));
        return reroam(words.toArray(String[]::new));
    }

    private void startAgent(String configuration, String... before) {
        home.configure(configuration);
        home.start(before);
        home.awaitStatus(SOON, status -> status.contains("\"path\":{\"interface\""));
    }

    @Test
    void explainsTheQuestionTheAnswerTheDecisionAndTheProof() {
        startAgent(ASKS_NOBODY);
        String explained = ask("explain", device);
        var lines = explained.lines().toList();
        assertEquals(2, lines.size(), explained);
        assertTrue(
                lines.get(0)
                        .startsWith(device + ": port " + net.tunnel().routerPort()
                                + " is fixed: no file gives the endpoint of "),
                explained);
        assertTrue(
                Pattern.compile(Pattern.quote(device) + "/\\S{8}: asked the way to "
                                + Pattern.quote(net.tunnel().farEndpoint() + ", udp from port "
                                        + net.tunnel().routerPort() + ", mark 0x0, user 0")
                                + "; answered wan1 via \\S+ from \\S+; decided by none: nothing happened to it yet;"
                                + " carrying, since .* ago; last proof handshake completed, .* ago")
                        .matcher(lines.get(1))
                        .matches(),
                explained);
        assertTrue(ask("status", "--json").contains("\"port_use\":\"fixed\",\"port_reason\":\""));
    }

    @Test
    void recoversATunnelThatIsNamedAndWatchAndReplayTellTheSame() throws Exception {
        startAgent(ASKS_NOBODY);
        Path watched = belongings.scratch("watched");
        var watching = net.router()
                .start(
                        Redirect.to(watched.toFile()),
                        words("watch", "--socket", home.socket().toString()));
        assertTrue(AgentHome.until(SOON, () -> read(watched).contains("UPLINK")), () -> read(watched));

        String told = ask("recover", device);
        assertTrue(told.startsWith("recovering " + device + "/"), told);
        String tunnel = told.strip().substring("recovering ".length());
        assertTrue(AgentHome.until(SOON, () -> read(watched).contains("incident 1  closed")), () -> read(watched));
        for (String line : List.of(
                "incident 1  opened  a person asked for the tunnels of " + device,
                "incident 1  step  refresh 1 peer of " + device,
                "incident 1  proved  " + tunnel + "  carries again: ")) {
            assertTrue(read(watched).contains(line), () -> line + " is not in " + read(watched));
        }
        assertTrue(watching.isAlive(), "watch goes on until it is interrupted");
        watching.toHandle().destroy();

        assertTrue(home.ask("incidents/1").contains("\"state\":\"healed\""), () -> home.ask("incidents/1"));
        assertTrue(AgentHome.until(SOON, () -> Files.isDirectory(home.state().resolve("incidents"))));
        String replayed = reroam("replay", "1", "--state", home.state().toString());
        assertTrue(replayed.contains("a person asked for the tunnels of " + device), replayed);
        assertTrue(replayed.contains(": every action is the same"), replayed);
    }

    @Test
    void failsWithAClearSentenceWhereThereIsNoSuchTunnel() {
        startAgent(ASKS_NOBODY);
        for (String command : List.of("recover", "explain")) {
            var failed = assertThrows(CommandFailedException.class, () -> ask(command, "wg9"));
            assertTrue(failed.getMessage().contains("reroam: no tunnel 'wg9'"), failed.getMessage());
        }
    }

    /** The tunnel is affected, and in repair mode one packet would be sent to its peer. */
    @Test
    void observesAFaultAndChangesAndSendsNothing() {
        Path calls = belongings.scratch("calls");
        String sent = transfer();
        startAgent(
                "mode = \"observe\"\n" + ASKS_NOBODY,
                "strace",
                "-f",
                "-qq",
                "-e",
                "trace=write,writev,sendto,sendmsg",
                "-s",
                "16",
                "-o",
                calls.toString());
        // 10 s after what it heard last WireGuard acknowledges it, by itself.
        assertTrue(AgentHome.until(SOON, () -> !transfer().equals(sent)), sent);
        String before = settings();
        net.ip().settled("route replace " + net.defaultRoute(2));
        home.awaitStatus(SOON, status -> status.contains("\"state\":\"observed\""));
        assertTrue(AgentHome.until(SOON, () -> home.log().contains("#1 closed ")), home::log);
        String incident = home.ask("incidents/1");
        assertTrue(incident.contains(device + " is only observed; would begin with refresh"), incident);
        assertTrue(incident.contains("\"state\":\"only_observed\""), incident);
        assertEquals(before, settings());
        assertTrue(read(calls).contains("get=1"), "nothing was seen of what the agent says to the daemon");
        assertFalse(read(calls).contains("set=1"), "something was set");
        assertTrue(assertThrows(CommandFailedException.class, () -> ask("recover"))
                .getMessage()
                .contains("mode is \"observe\": nothing is changed"));
    }

    /** Port, mark, keepalive, and how much was sent and received. */
    private String transfer() {
        return net.router().run("wg", "show", device, "transfer");
    }

    private String settings() {
        return net.router()
                .script("wg showconf " + device + "; wg show " + device + " transfer; ip rule; ip -6 rule"
                        + "; nft list tables; iptables-save -t nat | grep ^-");
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
