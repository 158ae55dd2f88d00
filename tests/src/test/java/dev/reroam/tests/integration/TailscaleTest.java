package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.FakeTailscaled;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.SilentFaults;
import dev.reroam.tests.lab.TailscaleBed;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The agent beside a tailscaled whose way changes where the real one takes no notice: it looks at the name of the default
 * interface (facts, A1). The daemon is a fake with real sockets, and does of its own accord what the real one does.
 */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(120)
class TailscaleTest {

    private static final Duration SOON = TailscaleBed.SOON;
    private static final Duration UNAIDED = Duration.ofSeconds(4);
    private static final String STRICT = "for file in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 >$file; done\n";

    private final Belongings belongings = Belongings.open();

    @AfterEach
    void end() {
        belongings.close();
    }

    private Topology network(Fault fault) {
        var net = Topology.make(fault.planned().apply(Plan.standard()), belongings);
        fault.prepare().accept(net);
        return net;
    }

    private static AgentHome home(Topology net, TailscaleBed bed, String stun) {
        var home = new AgentHome(net, net.router(), "node", ShippedFlags.agent());
        home.configure(stun + "portmap.enabled = false\n[tailscale]\nsocket = \"" + bed.socket() + "\"\n");
        return home;
    }

    private static AgentHome agent(Topology net, TailscaleBed bed) {
        var home = home(net, bed, "stun.servers = []\n");
        home.start();
        awaitCarrying(home);
        return home;
    }

    private static void awaitCarrying(AgentHome home) {
        home.awaitStatus(SOON, status -> status.contains("\"id\":\"tailscale/router\",\"state\":\"carrying\""));
    }

    private static void awaitIncident(AgentHome home, String words) {
        assertTrue(
                Pause.until(SOON, () -> home.ask("incidents/1").contains(words)),
                () -> home.ask("incidents/1") + home.log());
    }

    @Test
    void itIsToldOfAnotherWayAndItsDeadControlConnectionIsDialledAnew() throws Exception {
        var fault = Faults.named("gateway-changed").orElseThrow();
        var net = network(fault);
        try (var bed = TailscaleBed.begin(net, belongings)) {
            var home = agent(net, bed);
            fault.inject().apply(net);
            bed.await("told rebind", 1);
            bed.await("told restun", 1);
            bed.await(bed.polling(1), 2);
            awaitIncident(home, "tailscale/router: far answers directly after");
            awaitCarrying(home);
            assertEquals(1, bed.times("told rebind"), () -> "" + bed.said());
            assertEquals(0, bed.times("told break-derp-conns"), () -> "" + bed.said());
        }
    }

    @Test
    void withoutTheAgentItsControlConnectionHangs() throws Exception {
        var fault = Faults.named("gateway-changed").orElseThrow();
        var net = network(fault);
        try (var bed = TailscaleBed.begin(net, belongings)) {
            fault.inject().apply(net);
            Pause.of(UNAIDED);
            assertEquals(1, bed.times(bed.polling(1)), () -> "" + bed.said());
        }
    }

    /** The routes stay as they are; strict rp_filter lets nothing in that would be answered another way. */
    @Test
    void itsPacketsLeaveASilentUplinkByTheirMarkAndTheLanStaysWhereItIs() throws Exception {
        var fault = SilentFaults.UPLINK_SILENT_SERVERS;
        var net = network(fault);
        net.router().script(STRICT + FakeTailscaled.RULES);
        try (var bed = TailscaleBed.begin(net, belongings)) {
            var home = home(net, bed, "stun.interval_seconds = 5\nstun.servers = [\"11.0.9.1\", \"11.0.8.1\"]\n");
            var agent = home.start();
            awaitCarrying(home);
            // Two servers have answered over the first uplink; over the second one strict rp_filter lets no answer in,
            // so that
            // nothing is known of it, and it may be tried.
            home.awaitStatus(SOON, status -> status.contains("\"nat_mapping\":\"endpoint_independent\""));
            fault.inject().apply(net);
            assertTrue(
                    Pause.until(SOON, () -> bed.times(bed.polling(2)) >= 1),
                    () -> bed.said() + "\n" + home.log() + home.status() + home.ask("incidents"));
            awaitIncident(home, "tailscale/router: far answers directly after");
            assertEquals("wan2", way(net, net.farAddress(IpFamily.V4), "mark", "0x80000"));
            assertEquals("lan", way(net, "192.168.77.9", "mark", "0x80000"));
            assertEquals("wan1", way(net, net.farAddress(IpFamily.V4)));
            assertEquals(0, bed.times("told break-derp-conns"), () -> "" + bed.said());
            agent.destroy();
            agent.waitFor();
            assertEquals("wan1", way(net, net.farAddress(IpFamily.V4), "mark", "0x80000"));
            assertTrue(
                    net.router().run("ip", "rule").lines().noneMatch(rule -> rule.contains("207")),
                    () -> net.router().run("ip", "rule"));
        }
    }

    private static String way(Topology net, String... to) {
        var words = new ArrayList<>(List.of("ip", "route", "get"));
        words.addAll(List.of(to));
        return net.router().run(words.toArray(String[]::new)).replaceFirst("(?s).* dev (\\S+) .*", "$1");
    }

    @Test
    @Tag("slow")
    @Timeout(300)
    void aControlServerThatFallsSilentIsDialledAnewAndNothingElseIsDone() throws Exception {
        var net = network(Faults.named("gateway-changed").orElseThrow());
        try (var bed = TailscaleBed.begin(net, belongings)) {
            var home = agent(net, bed);
            assertTrue(
                    Pause.until(Duration.ofSeconds(200), () -> bed.times(bed.polling(1)) >= 2),
                    () -> bed.said() + "\n" + home.log());
            awaitIncident(home, "its control server is heard again after");
            assertEquals(0, bed.times("told rebind"), () -> "" + bed.said());
        }
    }
}
