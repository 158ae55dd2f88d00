package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.steer.SteerOutcome.Done;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tunnel's packets leave by another uplink, and nothing else does; then all is as before. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(120)
class SteeringTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String STRICT = "for file in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 >$file; done\n";

    /** As mwan3 2.12 lays its rules: by interface, by mark, and what is unreachable; its table 2 is another one's. */
    private static final String MWAN3 = """
            for id in 1 2; do
              ip route add default via 100.64.$id.1 dev wan$id table $id
              ip route add 192.168.77.0/24 dev lan table $id
              ip rule add pref 100$id iif wan$id lookup $id
              ip rule add pref 200$id fwmark 0x${id}00/0x3f00 lookup $id
              ip rule add pref 300$id fwmark 0x${id}00/0x3f00 unreachable
            done
            ip rule add pref 2061 fwmark 0x3d00/0x3f00 blackhole
            ip rule add pref 2062 fwmark 0x3e00/0x3f00 unreachable
            iptables -t mangle -A OUTPUT -m mark --mark 0/0x3f00 -d 11.0.9.9 -j MARK --set-xmark 0x100/0x3f00
            iptables -t mangle -A PREROUTING -i lan -m mark --mark 0/0x3f00 -j MARK --set-xmark 0x100/0x3f00
            """;

    /** Each has some of our numbers and not all. */
    private static final String LOOK_ALIKES = """
            for f in -4 -6; do
              ip $f rule add pref 700 iif lo ipproto udp dport 51820 lookup 70701 protocol 99
              ip $f rule add pref 701 iif lo ipproto udp dport 51820 lookup 254 protocol 207
              ip $f rule add pref 990 iif lo ipproto udp dport 9 lookup 70702 protocol 207
            done
            ip route add 10.99.0.0/16 via 100.64.2.1 dev wan2 table 70703 proto 99
            ip route add 10.99.0.0/16 via 100.64.2.1 dev wan2 proto 207
            """;

    private final Belongings belongings = Belongings.open();

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    private Topology network(IpFamily outer) {
        return Topology.make(Plan.standard().withOuter(outer), belongings);
    }

    @ParameterizedTest(name = "{0}, strict: {1}")
    @CsvSource({"V4, false", "V4, true", "V6, false"})
    void theTunnelMovesAfterARefreshAndGetsEveryReply(IpFamily outer, boolean strict) throws Exception {
        var net = network(outer);
        net.router().script(strict ? STRICT : "");
        try (var router = new SteeredRouter(net)) {
            assertTrue(router.pingThroughTunnel(3) > 0);
            var before = router.tables();
            var done = router.steer(router.far(outer), router.uplink(2, outer));
            assertTrue(done instanceof Done, done::toString);
            // Alone it moves nothing: what has a cached source keeps it. But IPv6 then goes the new way with the old
            // source, and strict rp_filter drops what still answers the old way, so no time may pass before the
            // refresh.
            int answered = router.tryPing();
            assertEquals(outer == IpFamily.V4 && !strict ? 3 : 0, answered);
            assertTrue(router.comesBy(1), router::seenByFar);
            long dropped = router.droppedByReversePath();
            assertEquals(strict, dropped > 0);
            router.refresh();
            assertTrue(router.pingThroughTunnel(3) > 0);
            assertTrue(router.comesBy(2), router::seenByFar);
            assertEquals(20, router.pingThroughTunnel(20));
            assertEquals(dropped, router.droppedByReversePath());
            assertTrue(router.withdrawAll() instanceof Done);
            assertEquals(before, router.tables());
            router.refresh();
            assertTrue(router.pingThroughTunnel(3) > 0);
            assertTrue(router.comesBy(1), router::seenByFar);
            assertEquals(20, router.pingThroughTunnel(20));
        }
    }

    /** As the agent does it: one after the other, and not one packet is dropped. */
    @Test
    void strictReversePathFiltersDropNothing() throws Exception {
        var net = network(IpFamily.V4);
        net.router().script(STRICT);
        try (var router = new SteeredRouter(net)) {
            assertTrue(router.pingThroughTunnel(3) > 0);
            router.steer(router.far(IpFamily.V4), router.uplink(2, IpFamily.V4));
            router.refresh();
            assertTrue(router.pingThroughTunnel(20) > 0);
            assertTrue(router.comesBy(2), router::seenByFar);
            assertEquals(20, router.pingThroughTunnel(20));
            assertEquals(0, router.droppedByReversePath());
        }
    }

    @Test
    void nothingElseMoves() throws Exception {
        var net = network(IpFamily.V4);
        net.router().script(STRICT);
        var far = net.farAddress(IpFamily.V4);
        net.far().start("busybox", "nc", "-ll", "-p", "7777", "-e", "cat");
        var session = net.router().start("bash", "-c", """
                until exec 3<>/dev/tcp/FAR/7777; do sleep 0.05; done
                while read -r line; do echo "$line" >&3; read -r answer <&3; echo "$answer"; done
                """.replace("FAR", far));
        for (int number = 1; number <= 2; number++) {
            net.uplink(number).isp().script("""
                    iptables -t mangle -A PREROUTING -i cable -p tcp --dport 7777
                    iptables -t mangle -A PREROUTING -i cable -p udp --dport 51820 -m length --length 33
                    """);
        }
        try (var router = new SteeredRouter(net);
                var answers = session.inputReader();
                var lines = session.outputWriter()) {
            lines.write("before\n");
            lines.flush();
            assertEquals("before", answers.readLine());
            router.steer(router.far(IpFamily.V4), router.uplink(2, IpFamily.V4));
            lines.write("after\n");
            lines.flush();
            assertEquals("after", answers.readLine());
            // Five bytes: what the host sends there is forwarded.
            net.host().run("bash", "-c", "printf 12345 >/dev/udp/" + far + "/51820");
            assertTrue(AgentHome.until(SOON, () -> counted(net, 1, "--length 33") == 1));
            assertEquals(0, counted(net, 2, "--length 33"));
            assertTrue(counted(net, 1, "--dport 7777") >= 2);
            assertEquals(0, counted(net, 2, "--dport 7777"));
            assertEquals("wan2", router.way(far, "ipproto", "udp", "dport", "51820"));
            assertEquals("wan1", router.way(far, "ipproto", "udp", "dport", "51821"));
            assertEquals("wan1", router.way(far, "ipproto", "tcp", "dport", "51820"));
            assertEquals("wan1", router.way(far));
        }
    }

    private static long counted(Topology net, int uplink, String rule) {
        return net.uplink(uplink)
                .isp()
                .run("iptables-save", "-c", "-t", "mangle")
                .lines()
                .filter(line -> line.contains(rule))
                .mapToLong(line -> Long.parseLong(line.substring(1, line.indexOf(':'))))
                .sum();
    }

    @Test
    void mwan3IsPassedOverAndLeftAsItIs() throws Exception {
        var net = network(IpFamily.V4);
        net.router().script(STRICT + MWAN3);
        var far = net.farAddress(IpFamily.V4);
        try (var router = new SteeredRouter(net)) {
            var before = router.tables();
            assertTrue(router.pingThroughTunnel(3) > 0);
            router.steer(router.far(IpFamily.V4), router.uplink(2, IpFamily.V4));
            assertEquals("wan2", router.way(far, "mark", "0x100", "ipproto", "udp", "dport", "51820"));
            assertEquals("wan1", router.way(far, "mark", "0x100", "ipproto", "tcp", "dport", "51820"));
            router.refresh();
            assertTrue(router.pingThroughTunnel(10) > 0);
            assertTrue(router.comesBy(2), router::seenByFar);
            assertEquals(0, router.droppedByReversePath());
            router.withdrawAll();
            assertEquals(before, router.tables());
        }
    }

    @Test
    void lookAlikesStayAndTheirNumbersAreNotUsed() throws Exception {
        var net = network(IpFamily.V4);
        net.router().script(LOOK_ALIKES);
        try (var router = new SteeredRouter(net)) {
            var before = router.tables();
            router.steer(router.far(IpFamily.V4), router.uplink(2, IpFamily.V4));
            router.steer(router.far(IpFamily.V6), router.uplink(2, IpFamily.V6));
            var steered = router.tables();
            assertTrue(
                    steered.contains(
                            "702:\tfrom all to 11.0.9.9 iif lo ipproto udp dport 51820 lookup 70704 proto 207"),
                    steered);
            assertTrue(
                    steered.contains(
                            "702:\tfrom all to 2a0f:9::9 iif lo ipproto udp dport 51820 lookup 70703 proto 207"),
                    steered);
            assertEquals(new Done(0), router.steer(router.far(IpFamily.V6), router.uplink(2, IpFamily.V6)));
            assertEquals(steered, router.tables());
            // From one uplink to the other, and back to none.
            router.steer(router.far(IpFamily.V4), router.uplink(1, IpFamily.V4));
            assertEquals("wan1", router.way(net.farAddress(IpFamily.V4), "ipproto", "udp", "dport", "51820"));
            router.withdraw(router.far(IpFamily.V4));
            router.withdraw(router.far(IpFamily.V6));
            assertEquals(before, router.tables());
        }
    }

    @Test
    void whatACrashLeftIsSweptAtTheNextStart() throws Exception {
        var net = network(IpFamily.V4);
        net.router().script(LOOK_ALIKES);
        try (var router = new SteeredRouter(net)) {
            var before = router.tables();
            net.router().script("""
                    ip rule add pref 702 to 240.0.0.1 ipproto udp dport 9 lookup 70700 protocol 207
                    ip route add default via 100.64.2.1 dev wan2 src 100.64.2.2 table 70704 proto 207 metric 1
                    ip rule add pref 702 to 11.0.9.9 iif lo ipproto udp dport 51820 lookup 70704 protocol 207
                    ip -6 rule add pref 799 to 2a0f:9::9 iif lo ipproto udp dport 51820 lookup 70715 protocol 207
                    """);
            assertEquals(new Done(4), router.sweep());
            assertEquals(before, router.tables());
            assertEquals(new Done(0), router.sweep());
        }
    }
}
