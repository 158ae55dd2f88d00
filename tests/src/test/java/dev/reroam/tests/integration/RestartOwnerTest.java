package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.StaleSettings;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What only its owner can mend: the real wg-quick is run, where somebody has said so, and once. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(400)
class RestartOwnerTest {

    private static final Duration SOON = Duration.ofSeconds(150);
    private static final String RUNS = "runs 'wg-quick down ";

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final StaleSettings stale = new StaleSettings(net);
    private final AgentHome home = new AgentHome(net, net.router(), "owner", ShippedFlags.agent());

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    private void begin(String restart) {
        net.tunnel().awaitHandshake();
        home.configure("stun.servers = []\n[devices." + net.tunnel().device() + "]\nport = \"fixed\"\n" + restart);
        home.start();
        // It answers echoes, and is known to: what falls silent is noticed at once.
        net.router().start("ping", "-n", "-i", "0.2", net.tunnel().farInner());
        home.awaitStatus(SOON, now -> now.contains("\"carrying\""));
        net.ip().request("route replace " + net.defaultRoute(2));
        awaitLog(log -> log.contains(" closed "));
    }

    private void awaitLog(Predicate<String> wish) {
        assertTrue(AgentHome.until(SOON, () -> wish.test(home.log())), () -> home.ask("explain") + home.log());
    }

    private long restarts() {
        return home.log().lines().filter(line -> line.contains(RUNS)).count();
    }

    /** A minute and a half after the silence began: as long as WireGuard itself tries. */
    @Tag("slow")
    @Test
    void theOwnersNewSettingsAreUsed() {
        begin("restart = \"wg-quick\"\n");
        stale.agree();
        awaitLog(log -> log.contains(RUNS));
        awaitLog(log -> log.lastIndexOf("carries again") > log.indexOf(RUNS));
        home.awaitStatus(
                SOON,
                now -> now.contains("\"carrying\"") && now.contains(net.tunnel().device()));
        assertEquals(1, restarts(), home::log);
        assertTrue(net.router()
                        .run("wg", "show", net.tunnel().device(), "preshared-keys")
                        .indexOf("(none)")
                < 0);
    }

    @Test
    void withoutItsWordAPersonIsAsked() {
        begin("");
        stale.agree();
        awaitLog(log -> log.contains("restart owner of " + net.tunnel().device() + " needs: somebody is configured"));
        awaitLog(log -> log.contains("gave_up"));
        assertEquals(0, restarts(), home::log);
    }

    @Test
    void whereThereIsOneItWaits() {
        begin("restart = \"wg-quick\"\n");
        stale.agree();
        awaitLog(log -> log.contains("restart owner of " + net.tunnel().device() + " waits for "));
        assertEquals(0, restarts(), home::log);
    }

    @Tag("slow")
    @Test
    void thatItFailedIsToldAndItIsNotRepeated() {
        begin("restart = \"procd no-such-service\"\n");
        stale.agree();
        awaitLog(log -> log.contains("gave_up"));
        assertTrue(home.log().contains("'/etc/init.d/no-such-service restart' was refused: exit 127"), home::log);
        home.awaitStatus(SOON, now -> now.contains("\"needs_a_person\""));
    }
}
