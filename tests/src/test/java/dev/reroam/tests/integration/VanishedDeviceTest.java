package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.KillAtCall;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A tunnel's interface that vanishes in the middle of a step: the step ends, the incident says so, and nothing is left. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
class VanishedDeviceTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String ENDS = "vanished during the step: the step ends here";
    private static final String CALLED_OFF = "not wanted any more: nothing was done";
    private static final Duration HELD = Duration.ofSeconds(3);

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final AgentHome home = new AgentHome(net, net.router(), "vanished", ShippedFlags.agent());
    private Process agent;

    /** An agent whose tunnel has answered an echo: without that, silence says nothing, and nobody climbs. */
    @BeforeEach
    void provesTheTunnelOnce() {
        net.router().run("ping", "-n", "-c", "1", "-W", "8", net.tunnel().farInner());
        home.configure("[devices." + net.tunnel().device() + "]\nport = \"free\"\n");
        agent = home.start();
        home.awaitStatus(SOON, now -> now.contains("\"path\":{\"interface\""));
        net.ip().request("route replace " + net.defaultRoute(2));
        awaitLog(" closed ");
    }

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    @Test
    void endsARebindWhoseDaemonDoesNotAnswer() {
        farSideFallsSilent();
        awaitLog(" again");
        // What is read after a refresh has been read by then; the rebind comes a second after it.
        AgentHome.until(Duration.ofMillis(600), () -> !agent.isAlive());
        signal("STOP");
        awaitLog("rebind of ");
        vanish();
        signal("CONT");
        saysSo("rebind of ");
    }

    @Test
    void endsANewPortBetweenTheLedgerAndTheAct() {
        farSideFallsSilent();
        awaitLog("rebind of ");
        var lane = AgentHome.threads(agent.pid(), CrashSite.SLOW_LANE).getFirst();
        var held = KillAtCall.holding(net, agent.pid(), lane, "fsync,fdatasync", HELD);
        awaitLog("new port of ");
        vanish();
        held.detach();
        saysSo("new port of ");
    }

    private void farSideFallsSilent() {
        for (var chain : new String[] {"INPUT -p udp --dport ", "OUTPUT -p udp --sport "}) {
            net.far().script("iptables -I " + chain + net.tunnel().farEndpoint().port() + " -j DROP");
        }
        net.ip().request("route replace " + net.defaultRoute(1));
    }

    private void vanish() {
        net.router().run("ip", "link", "delete", "dev", net.tunnel().device());
    }

    /** The incident in which the step was begun has ended, and its text tells why. */
    private void saysSo(String step) {
        boolean ended = AgentHome.until(SOON, () -> !incident().contains("\"state\":\"open\""));
        assertTrue(ended, () -> incident() + home.log());
        String told = incident();
        assertTrue(told.contains(step), told);
        // Which of the two depends on what is seen first, that the interface is gone or that the act finds none.
        assertTrue(told.contains(ENDS) || told.contains(CALLED_OFF), told);
        assertTrue(told.contains(net.tunnel().device() + " is gone: "), told);
        assertTrue(agent.isAlive(), home::log);
        assertFalse(home.status().contains("\"" + net.tunnel().device() + "\""), home::status);
        assertTrue(AgentHome.until(SOON, this::struckOut), this::ledger);
    }

    private String incident() {
        return home.ask("incidents/2");
    }

    /** Nobody has to look after it any more. */
    private boolean struckOut() {
        return ledger().lines()
                .filter(line -> line.contains("IncidentOpen"))
                .reduce((earlier, last) -> last)
                .filter(last -> last.contains("\"Forget\""))
                .isPresent();
    }

    private String ledger() {
        try {
            return Files.readString(home.state().resolve("ledger"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitLog(String words) {
        assertTrue(AgentHome.until(SOON, () -> home.log().contains(words)), () -> words + ":\n" + home.log());
    }

    private void signal(String name) {
        var device = net.tunnel().device();
        long daemon = ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.endsWith("wireguard-go -f " + device))
                        .isPresent())
                .findFirst()
                .orElseThrow()
                .pid();
        net.router().run("kill", "-" + name, Long.toString(daemon));
    }
}
