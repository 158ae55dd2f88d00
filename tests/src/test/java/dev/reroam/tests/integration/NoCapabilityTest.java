package dev.reroam.tests.integration;

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

/** An agent without privileges starts, watches what it may, and says what each missing one costs. */
@Tag("bed1")
class NoCapabilityTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int NOBODY = 65534;

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final AgentHome home = new AgentHome(net, net.router(), "poor", ShippedFlags.agent());

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    @Test
    void watchesAndRepairsWhatADaemonLetsItWhenOnlyCapabilitiesAreMissing() {
        home.start("setpriv", "--bounding-set=-net_admin,-net_raw", "--inh-caps=-net_admin,-net_raw");
        var status = home.awaitStatus(SOON, now -> now.contains("\"path\":{\"interface\":\"wan1\""));
        assertSays(status, "CAP_NET_ADMIN", "kernel WireGuard cannot be read or repaired; a userspace one still is");
        assertSays(status, "CAP_NET_RAW", "no echo");
        net.ip().request("route replace " + net.defaultRoute(2));
        home.awaitStatus(SOON, now -> now.contains("\"path\":{\"interface\":\"wan2\""));
        assertTrue(home.log().contains("refresh 1 peer"), home::log);
    }

    /** A tunnel's own port cannot be asked from; the address that another port has says as much, and it is said. */
    @Test
    void saysThatTheAddressOfATunnelWasMeasuredFromAnotherPortWithoutRawSockets() {
        Coturn.start(belongings, net.internet(), List.of("11.0.9.1"));
        home.configure("stun.servers = [\"11.0.9.1\"]\n");
        home.start("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw");
        var status = home.awaitStatus(SOON, now -> now.contains("\"asked_from\""));
        assertTrue(
                status.matches("(?s).*\"endpoint\":\"11\\.0\\.1\\.2:\\d+\",\"asked_from\":\"another_port\".*"), status);
        assertSays(status, "CAP_NET_RAW", "measured from another port");
    }

    @Test
    void listsTunnelsThatItCannotReadAsAnyUser() {
        home.handTo(NOBODY);
        // To read the classes in root's home; it opens no socket of root's.
        var read = "+dac_read_search";
        var agent = home.start(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "--inh-caps=" + read,
                "--ambient-caps=" + read);
        var status = home.awaitStatus(SOON, now -> now.contains("cannot_be_read"));
        assertSays(status, "CAP_DAC_OVERRIDE", "of another user cannot be read");
        assertSays(status, "CAP_NET_ADMIN", "kernel WireGuard");
        assertSays(status, "CAP_NET_RAW", "no echo");
        assertSays(status, "CAP_SYS_PTRACE", "only observed");
        assertTrue(status.contains("\"id\":\"" + net.tunnel().device() + "\""), status);
        assertTrue(status.contains("\"interface\":\"wan1\""), status);
        net.router().run("ping", "-c", "2", "-i", "0.2", net.tunnel().farInner());
        home.awaitStatus(SOON, NoCapabilityTest::countsWhatTheInterfaceReceives);
        net.ip().request("link set dev wan1 down");
        home.awaitStatus(SOON, now -> now.contains("\"state\":\"down\"") || !now.contains("\"interface\":\"wan1\""));
        assertTrue(agent.isAlive(), home::log);
    }

    /** Of a tunnel that cannot be read: the counters of an interface are everybody's. */
    static boolean countsWhatTheInterfaceReceives(String status) {
        return status.matches("(?s).*\"cannot_be_read\"[^}]*; its interface last received something [^}]*"
                + "\"received_bytes\":[1-9]\\d*,\"sent_bytes\":[1-9].*");
    }

    private static void assertSays(String status, String missing, String costs) {
        var said = "(?s).*\\{\"name\":\"" + missing + "\",\"costs\":\"[^\"]*" + costs + "[^\"]*\"}.*";
        assertTrue(status.matches(said), () -> missing + ": " + costs + ": " + status);
    }
}
