package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * {@code kill -9} at random moments after an uplink fell silent, while tunnels are steered past it: once the uplink is well
 * and the agent is started again, rules, routes, packet filters and WireGuard's settings are what they were, and so are other
 * people's rules that have some of our numbers. Connection tracking is left out: what tunnels send writes entries of its own.
 */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
class SteeringCrashTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    /** Some 700 ms to see it, and what follows until the tunnel is proved. */
    private static final int REPAIR_MILLIS = 1_500;
    /** What follows alone. */
    private static final int STEERED_MILLIS = 800;

    private static final String LOOK_ALIKES = """
            for f in -4 -6; do
              ip $f rule add pref 700 iif lo ipproto udp dport 9 lookup 70701 protocol 99
              ip $f rule add pref 990 iif lo ipproto udp dport 9 lookup 70702 protocol 207
            done
            ip route add 10.99.0.0/16 via 100.64.2.1 dev wan2 table 70703 proto 99
            ip route add 10.99.0.0/16 via 100.64.2.1 dev wan2 proto 207
            nft add table ip reroam-not
            """;
    private static final String SNAPSHOT = "ip -4 rule; ip -6 rule; ip -4 route show table all;"
            + " ip -6 route show table all; nft -s list ruleset; wg showconf ";

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final AgentHome home = new AgentHome(net, net.router(), "crash", ShippedFlags.agent());
    private Process agent;
    private int steered;

    @BeforeEach
    void start() {
        net.ip().settled("route append " + net.defaultRoute(2) + " metric 200");
        net.router().script(LOOK_ALIKES);
        home.configure("stun.servers = []\nportmap.enabled = false\n");
        agent = home.start();
        net.router().start("ping", "-q", "-i", "0.05", net.tunnel().farInner());
    }

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    @Test
    void leavesNothingBehindAtSomeMoments() {
        killAtMoments(3);
    }

    @Test
    @Tag("slow")
    void leavesNothingBehindAtFiftyMoments() {
        killAtMoments(50);
        assertTrue(steered >= 25, () -> "killed " + steered + " times only after it had steered\n" + home.log());
    }

    private void killAtMoments(int moments) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        carrying();
        var before = state();
        for (int i = 0; i < moments; i++) {
            int mark = home.log().length();
            net.swallow(1, Topology.Direction.BOTH);
            // Every other one counts from the steering, which comes when it comes.
            boolean fromSteering = i % 2 == 1;
            if (fromSteering) {
                assertTrue(AgentHome.until(SOON, () -> hasSteered(mark)), home::log);
            }
            // Over by itself where the agent ends, which would be a fault of its own.
            int moment = random.nextInt(fromSteering ? STEERED_MILLIS : REPAIR_MILLIS);
            AgentHome.until(Duration.ofMillis(moment), () -> !agent.isAlive());
            assertTrue(agent.isAlive(), home::log);
            agent.destroyForcibly();
            steered += hasSteered(mark) ? 1 : 0;
            net.deliver(1, Topology.Direction.BOTH);
            AgentHome.until(SOON, () -> !agent.isAlive());
            agent = home.start();
            AgentHome.until(SOON, () -> before.equals(state()));
            assertEquals(before, state(), () -> "seed " + seed + "\n" + home.log());
            carrying();
            assertEquals(before, state(), () -> "seed " + seed + "\n" + home.log());
        }
    }

    /** A userspace WireGuard's socket remembers the source that it was sent by, whatever rules there are. */
    @Test
    void aTunnelThatADeadAgentLeftElsewhereComesHome() throws Exception {
        carrying();
        int mark = home.log().length();
        net.swallow(1, Topology.Direction.BOTH);
        assertTrue(AgentHome.until(SOON, () -> home.log().indexOf("closed 1 affected", mark) >= 0), home::log);
        net.uplink(1).isp().script("iptables -t mangle -A PREROUTING -i cable -p udp --dport 51820");
        net.deliver(1, Topology.Direction.BOTH);
        agent.destroyForcibly().waitFor();
        agent = home.start();
        assertTrue(AgentHome.until(SOON, () -> sentByTheFirstUplink() > 0), home::log);
        assertTrue(home.log().contains("the agent before this one ended during a repair"), home::log);
    }

    private long sentByTheFirstUplink() {
        return net.uplink(1)
                .isp()
                .run("iptables-save", "-c", "-t", "mangle")
                .lines()
                .filter(line -> line.contains("--dport 51820"))
                .mapToLong(line -> Long.parseLong(line.substring(1, line.indexOf(':'))))
                .sum();
    }

    private boolean hasSteered(int mark) {
        return home.log().indexOf(" steer ", mark) >= 0;
    }

    /** The agent of now has seen that the far peer answers echoes, so that their absence says something. */
    private void carrying() {
        assertTrue(
                AgentHome.until(SOON, () -> home.ask("explain").contains("echo answered")),
                () -> home.ask("explain") + home.log());
    }

    private String state() {
        return net.router().script(SNAPSHOT + net.tunnel().device()).replaceAll(" (linkdown|expires \\d+sec)", "");
    }
}
