package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Command;
import dev.reroam.tests.lab.Coturn;
import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.MiniUpnpd;
import dev.reroam.tests.lab.MiniUpnpd.Redirect;
import dev.reroam.tests.lab.MiniUpnpd.Speech;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import dev.reroam.tests.lab.WireGuardKind;
import java.time.Duration;
import java.time.Year;
import java.util.EnumSet;
import java.util.List;

/**
 * What the test runs in the guest: a router whose clock was never set maps ports, asks the world from a kernel device's own port,
 * and heals a tunnel. Prints what it has seen. The argument: the flags of the agent's JVM.
 */
final class FirstYearProgram {

    private static final Plan PLAN = Plan.standard().withWireguard(WireGuardKind.KERNEL);
    private static final int PORT = 51820;
    private static final Redirect OURS = new Redirect(PORT, "192.168.77.10", PORT);
    private static final String SERVER = "11.0.9.1";
    // An emulated processor that starts daemons and a JVM.
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration HEALS = Duration.ofSeconds(10);

    private FirstYearProgram() {}

    public static void main(String[] arguments) {
        // The kernel takes no time before its own start.
        Command.of("date", "-s", "@100000").run();
        assertEquals(1970, Year.now(java.time.ZoneOffset.UTC).getValue());
        var agent = AgentRemedy.find(arguments[0]).orElseThrow();
        try (var belongings = Belongings.open()) {
            mapsAndAsks(belongings, agent);
        }
        heals(agent);
        assertEquals(1970, Year.now(java.time.ZoneOffset.UTC).getValue());
        System.exit(0);
    }

    private static void mapsAndAsks(Belongings belongings, AgentRemedy agent) {
        var net = Topology.make(PLAN.withTunnelBehindRouter(), belongings);
        var gateway = MiniUpnpd.start(belongings, net.router(), "lan", "wan1", EnumSet.allOf(Speech.class));
        Coturn.start(belongings, net.internet(), List.of(SERVER));
        var home = new AgentHome(net, net.near(), "agent", agent);
        home.configure("stun.servers = [\"" + SERVER + "\"]\n");
        home.start();
        assertComes(gateway, home);
        System.out.println("mapped");
        home.awaitStatus(SOON, status -> status.contains("\"asked_from\":\"listen_port\""));
        System.out.println("asked from the kernel's own port");
        gateway.kill();
        gateway.flush();
        gateway.startAgain();
        assertComes(gateway, home);
        System.out.println("mapped again");
    }

    private static void assertComes(MiniUpnpd gateway, AgentHome home) {
        assertTrue(
                Pause.until(SOON, () -> gateway.redirects().equals(List.of(OURS))),
                () -> gateway.redirects() + "\n" + home.status() + "\n" + home.log());
    }

    private static void heals(AgentRemedy agent) {
        var report = new Experiment(Faults.named("route-replaced").orElseThrow(), PLAN, agent, HEALS).run();
        assertTrue(report.outage().healedAfter().isPresent(), () -> "not healed: " + report);
        assertEquals(report.before(), report.after());
        System.out.println("healed");
    }
}
