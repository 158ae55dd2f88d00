package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Coturn;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A tunnel comes to an uplink through which its largest packets do not get in one piece, as with PPPoE or LTE. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(90)
class SmallerUplinkTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SERVER = "11.0.9.1";
    private static final String DOES_NOT_FIT = "in one piece";

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final AgentHome home = new AgentHome(net, net.router(), "mtu", ShippedFlags.agent());

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    @Test
    void itsIncidentSaysByHowMuch() {
        startBesideASmallerUplink("");

        net.ip().request("route replace " + net.defaultRoute(2));
        awaitLog("#1 seen " + net.tunnel().device());
        awaitLog("packets of 1480 bytes do not get through over wan2 in one piece, 1400 do: the MTU of "
                + net.tunnel().device() + " is 80 too large there");

        int said = home.log().length();
        net.ip().request("route replace " + net.defaultRoute(1));
        awaitLog("#2 closed");
        assertFalse(home.log().substring(said).contains(DOES_NOT_FIT), home::log);
    }

    @Test
    void theMtuIsLoweredWhereThatIsConfiguredAndComesBack() throws InterruptedException {
        var agent = startBesideASmallerUplink("mtu = \"clamp\"\n");
        int before = mtu();

        net.ip().request("route replace " + net.defaultRoute(2));
        awaitMtu(before - 80);
        net.ip().request("route replace " + net.defaultRoute(1));
        awaitMtu(before);

        // Taken back at the end, and by the next one after a crash; not where somebody else has set it.
        net.ip().request("route replace " + net.defaultRoute(2));
        awaitMtu(before - 80);
        agent.destroyForcibly().waitFor();
        assertEquals(before - 80, mtu());
        var next = home.start();
        awaitMtu(before);
        int said = home.log().length();
        net.ip().request("route replace " + net.defaultRoute(1));
        assertTrue(AgentHome.until(SOON, () -> home.log().substring(said).contains(" closed ")), home::log);
        net.ip().request("route replace " + net.defaultRoute(2));
        awaitMtu(before - 80);
        next.destroy();
        assertEquals(0, next.waitFor());
        assertEquals(before, mtu());
    }

    @Test
    void theMtuThatSomebodyElseHasSetSinceStays() throws InterruptedException {
        var agent = startBesideASmallerUplink("mtu = \"clamp\"\n");
        int before = mtu();
        net.ip().request("route replace " + net.defaultRoute(2));
        awaitMtu(before - 80);
        net.ip().request("link set dev " + net.tunnel().device() + " mtu 1300");
        net.ip().request("route replace " + net.defaultRoute(1));
        awaitLog("becomes " + before + " instead of " + (before - 80));
        agent.destroy();
        assertEquals(0, agent.waitFor());
        assertEquals(1300, mtu());
    }

    /** Nobody is told: what is too large for the second uplink is lost. */
    private Process startBesideASmallerUplink(String configuration) {
        net.uplink(2).isp().script("ip link set dev out mtu 1400; iptables -A OUTPUT -p icmp -j DROP");
        Coturn.start(belongings, net.internet(), List.of(SERVER));
        net.tunnel().awaitHandshake();
        home.configure(configuration + "stun.servers = [\"" + SERVER + "\"]\n");
        var agent = home.start();
        home.awaitStatus(SOON, now -> now.contains("\"public_address\":\"") && now.contains("\"carrying\""));
        return agent;
    }

    private int mtu() {
        String shown =
                net.router().run("ip", "-o", "link", "show", "dev", net.tunnel().device());
        return Integer.parseInt(shown.replaceAll("(?s).* mtu (\\d+) .*", "$1"));
    }

    private void awaitMtu(int wanted) {
        assertTrue(AgentHome.until(SOON, () -> mtu() == wanted), () -> "MTU " + mtu() + "\n" + home.log());
    }

    private void awaitLog(String text) {
        assertTrue(AgentHome.until(SOON, () -> home.log().contains(text)), home::log);
    }
}
