package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import dev.reroam.tests.lab.UpstreamFaults;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A tunnel that must keep its port leaves a stuck NAT by another source port, in the real nft; and nothing of that stays. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(120)
class SourcePortTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Fault FAULT = UpstreamFaults.ROUTER_KEEPS_MAPPINGS;
    private static final String FOREIGN = """
            add table inet other
            add chain inet other source_port { type nat hook postrouting priority 95; policy accept; }
            add rule inet other source_port udp dport 9 counter
            """;

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(FAULT.planned().apply(Plan.standard()), belongings);
    private final AgentHome home = new AgentHome(net, net.near(), "port", ShippedFlags.agent());
    private String before;
    private Process agent;

    @BeforeEach
    void leavesTheStuckPort() {
        net.near().command("nft", "-f", "-").withInput(FOREIGN).run();
        before = rules();
        FAULT.prepare().accept(net);
        home.configure(UpstreamFaults.told(ShippedFlags.agent(), FAULT, 5).configuration());
        agent = home.start();
        home.awaitStatus(SOON, now -> now.contains("\"public_address\":\"11.10.1.2\"") && now.contains("\"carrying\""));
        FAULT.inject().apply(net);
        awaitLog(log -> log.lastIndexOf("carries again") > log.indexOf("leaves from port"));
    }

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    private void awaitLog(Predicate<String> wish) {
        assertTrue(AgentHome.until(SOON, () -> wish.test(home.log())), () -> home.ask("explain") + home.log());
    }

    /** Without counters, which count. */
    private String rules() {
        return net.near().run("nft", "list", "ruleset").replaceAll("counter packets \\d+ bytes \\d+", "counter");
    }

    @Test
    void standsWhileTheTunnelCarriesAndGoesWithTheAgent() {
        assertTrue(rules().contains("udp sport 51820 udp dport 51820 counter snat ip to 192.168.77.10:"), this::rules);
        assertEquals(
                "51820",
                net.near()
                        .run("wg", "show", net.tunnel().device(), "listen-port")
                        .strip());
        net.near().run("kill", "-TERM", Long.toString(agent.pid()));
        assertTrue(AgentHome.until(SOON, () -> !agent.isAlive()), home::log);
        assertEquals(before, rules());
    }

    @Test
    void theNextAgentSweepsWhatADeadOneLeft() {
        net.near().run("kill", "-KILL", Long.toString(agent.pid()));
        assertTrue(AgentHome.until(SOON, () -> !agent.isAlive()), home::log);
        assertTrue(rules().contains("snat ip to"), this::rules);
        home.start();
        assertTrue(AgentHome.until(SOON, () -> rules().equals(before)), this::rules);
    }
}
