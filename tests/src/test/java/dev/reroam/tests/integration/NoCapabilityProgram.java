package dev.reroam.tests.integration;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import dev.reroam.tests.lab.WireGuardKind;
import java.time.Duration;

/**
 * Runs in the guest: an agent without CAP_NET_ADMIN beside a kernel WireGuard device, which it cannot read. Argument: the
 * agent's flags. Prints what its status says before and after a change of uplink.
 */
final class NoCapabilityProgram {

    private static final Duration SOON = Duration.ofSeconds(60);

    private NoCapabilityProgram() {}

    public static void main(String[] arguments) {
        try (var belongings = Belongings.open()) {
            var net = Topology.make(Plan.standard().withWireguard(WireGuardKind.KERNEL), belongings);
            var device = net.tunnel().device();
            var home = new AgentHome(
                    net, net.router(), "poor", AgentRemedy.find(arguments[0]).orElseThrow());
            var agent = home.start("setpriv", "--bounding-set=-net_admin,-net_raw", "--inh-caps=-net_admin,-net_raw");
            var before = net.router().run("wg", "showconf", device);
            System.out.println(home.awaitStatus(
                    SOON, now -> now.contains("\"cannot_be_read\"") && now.contains("\"interface\":\"wan1\"")));
            net.router().run("ping", "-c", "2", net.tunnel().farInner());
            System.out.println(home.awaitStatus(SOON, NoCapabilityTest::countsWhatTheInterfaceReceives));
            net.ip().request("link set dev wan1 down");
            System.out.println(home.awaitStatus(
                    SOON, now -> now.contains("\"state\":\"down\"") || !now.contains("\"interface\":\"wan1\"")));
            if (!agent.isAlive() || !before.equals(net.router().run("wg", "showconf", device))) {
                throw new IllegalStateException("it died, or changed the device: " + home.log());
            }
        }
        System.exit(0);
    }
}
