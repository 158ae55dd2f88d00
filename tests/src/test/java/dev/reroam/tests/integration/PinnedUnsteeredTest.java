package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.StuckFaults;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where nothing may be steered, a host route to the endpoint out of a dead uplink is named, and the command that removes it. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(120)
class PinnedUnsteeredTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern COMMAND = Pattern.compile("to remove it: (ip [-.:/0-9a-z ]+)");

    private final Belongings belongings = Belongings.open();

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"V4, never", "V6, never", "V4, mwan3"})
    void theRouteIsNamedAndWithoutItTheTunnelCarries(IpFamily outer, String who) {
        var net = Topology.make(Plan.standard().withOuter(outer), belongings);
        StuckFaults.pin(net);
        boolean mwan3 = who.equals("mwan3");
        net.router().script(mwan3 ? "ip rule add pref 2001 fwmark 0x100/0x3f00 lookup 101\n" : "");
        net.tunnel().awaitHandshake();
        var home = new AgentHome(net, net.router(), "agent", ShippedFlags.agent());
        home.configure("stun.servers = []\n" + (mwan3 ? "" : "steer = \"never\"\n"));
        home.start();
        home.awaitStatus(SOON, now -> now.contains("\"carrying\""));

        // Away from the first uplink, as its owner does it.
        net.router().run("ip", "-" + (outer == IpFamily.V4 ? 4 : 6), "route", "del", "default", "dev", "wan1");
        net.uplink(1).isp().run("ip", "link", "set", "dev", "cable", "down");
        assertTrue(
                AgentHome.until(SOON, () -> COMMAND.matcher(home.ask("explain")).find()),
                () -> home.ask("explain") + "\n" + home.log());
        var explained = home.ask("explain");
        assertTrue(explained.contains("a host route (proto static) pins " + net.farAddress() + " to wan1"), explained);
        awaitLog(home, " seen .*pins " + Pattern.quote(net.farAddress().toString()));
        awaitLog(home, mwan3 ? "mwan3 decides here" : "steer = \"never\"");
        assertEquals(1, pins(net), () -> routes(net));
        assertFalse(net.router().run("ip", "rule").contains("proto 207"));

        var command = COMMAND.matcher(explained);
        assertTrue(command.find());
        net.router().script(command.group(1) + "\n");
        assertEquals(0, pins(net), () -> routes(net));
        home.awaitStatus(SOON, now -> now.contains("\"carrying\""));
        assertFalse(COMMAND.matcher(home.ask("explain")).find());
    }

    /** The route is known, and explained, before the ladder comes to the rungs that note it. */
    private static void awaitLog(AgentHome home, String pattern) {
        var wanted = Pattern.compile(pattern);
        assertTrue(AgentHome.until(SOON, () -> wanted.matcher(home.log()).find()), home::log);
    }

    private static long pins(Topology net) {
        return routes(net)
                .lines()
                .filter(line -> line.startsWith(net.farAddress() + " "))
                .count();
    }

    private static String routes(Topology net) {
        return net.router().script("ip -4 route; ip -6 route");
    }
}
