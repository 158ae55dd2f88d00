package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.CommandFailedException;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An agent that is killed between its repair and the proof: a late packet of the far side comes in over the uplink that was
 * left and still delivers, WireGuard takes that for the way, and the next agent sees no change at all.
 */
@Tag("bed1")
class InterruptedRepairTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    // As BaselineTest: a fault is what is not healed by then.
    private static final Duration A_FAULT = Duration.ofSeconds(5);

    private static final Fault FAULT = Faults.named("policy-rule").orElseThrow();

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(FAULT.planned().apply(Plan.standard()), belongings);
    private final AgentHome home = new AgentHome(net, net.router(), "interrupted", ShippedFlags.agent());

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    // Issue 2, seen in the sweep of new port.
    @Test
    void isTakenUpByTheNextAgent() throws Exception {
        FAULT.prepare().accept(net);
        assertTrue(AgentHome.until(SOON, this::carries), "the first packet shakes hands");
        var agent = home.start();
        home.awaitStatus(SOON, now -> now.contains("\"path\":{\"interface\":\"wan1\""));
        farSide("-I", "INPUT -p udp --dport");
        farSide("-I", "OUTPUT -p udp --sport");
        FAULT.inject().apply(net);
        assertTrue(AgentHome.until(SOON, () -> ledger().contains("IncidentOpen")), home::log);
        agent.destroyForcibly();
        assertTrue(agent.waitFor(SOON.toSeconds(), TimeUnit.SECONDS), "killed");

        farSide("-D", "OUTPUT -p udp --sport");
        assertFalse(answers(net.far(), net.tunnel().routerInner()), "the answer to the late packet is swallowed");
        farSide("-D", "INPUT -p udp --dport");
        assertFalse(AgentHome.until(A_FAULT, this::carries), "without an agent it stays down");

        home.start();
        assertTrue(AgentHome.until(A_FAULT, this::carries), home::log);
        assertTrue(home.log().contains("interrupted: was under repair when the agent ended"), home::log);
        assertTrue(AgentHome.until(SOON, this::struckOut), () -> ledger() + home.log());
    }

    /** Nothing is left of it when the incident is closed. */
    private boolean struckOut() {
        var lines =
                ledger().lines().filter(line -> line.contains("IncidentOpen")).toList();
        return lines.isEmpty() || lines.getLast().contains("Forget");
    }

    private String ledger() {
        try {
            return Files.readString(home.state().resolve("ledger"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean carries() {
        return answers(net.router(), net.tunnel().farInner());
    }

    private static boolean answers(Namespace from, String address) {
        try {
            from.run("ping", "-n", "-c", "1", "-W", "1", address);
            return true;
        } catch (CommandFailedException no) {
            return false;
        }
    }

    private void farSide(String verb, String chain) {
        net.far()
                .script("iptables -w " + verb + " " + chain + " "
                        + net.tunnel().farEndpoint().port() + " -j DROP");
    }
}
