package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.lookout.Gateways;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import dev.reroam.uplink.Uplink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel asks a gateway for us, whatever the gateway's firewall thinks of pings. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(60)
class GatewaysInLabTest {

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final LinkedBlockingQueue<Boolean> told = new LinkedBlockingQueue<>();

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    @ParameterizedTest
    @EnumSource
    void answersUntilItIsGone(IpFamily family) throws Exception {
        var gateway = net.uplink(1).gateway(family);
        try (var inside = LoopInside.enter(net.router())) {
            var gateways = gateways(inside);
            var uplink = uplink(inside, 1, family);
            net.router().run("ip", "neigh", "flush", "dev", "wan1");
            assertTrue(answer(inside, gateways, uplink), "unknown, and looked for");
            String known = neighbour(gateway, "wan1");
            assertTrue(known.contains("REACHABLE"), known);
            assertTrue(answer(inside, gateways, uplink), "known, and asked again");

            var hardware = known.replaceFirst(".*lladdr (\\S+).*", "$1");
            net.router().run("ip", "neigh", "replace", gateway, "lladdr", hardware, "nud", "permanent", "dev", "wan1");
            inside.run(() -> gateways.ask(uplink));
            assertTrue(neighbour(gateway, "wan1").contains("PERMANENT"), "what somebody has set is left alone");
            net.router().run("ip", "neigh", "replace", gateway, "lladdr", hardware, "nud", "stale", "dev", "wan1");

            net.uplink(1).isp().run("ip", "address", "flush", "dev", "cable");
            assertEquals(false, answer(inside, gateways, uplink));
            assertEquals(List.of(), List.copyOf(told), "nothing was told of the one that needs no answer");
            assertEquals(3, inside.on(() -> gateways.asked(uplink)));
            inside.run(gateways::close);
        }
    }

    /** As what a stale flow sends: the first question bears an address of elsewhere, which the gateway does not answer. */
    @Test
    void isFoundAtOnceWhereItWasLookedForInAStrangersName() throws Exception {
        var gateway = net.uplink(2).gateway(IpFamily.V4);
        var lan = "192.168.77.1";
        net.uplink(2).isp().run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/conf/cable/rp_filter");
        net.router().run("iptables", "-t", "nat", "-I", "POSTROUTING", "-p", "icmp", "-j", "ACCEPT");
        try (var inside = LoopInside.enter(net.router())) {
            var gateways = gateways(inside);
            var uplink = uplink(inside, 2, IpFamily.V4);
            net.router().run("ip", "neigh", "flush", "dev", "wan2");
            net.router().run("sh", "-c", "ping -c 1 -W 0.1 -I " + lan + " " + gateway + " || true");
            assertTrue(neighbour(gateway, "wan2").contains("INCOMPLETE"), neighbour(gateway, "wan2"));
            inside.run(() -> gateways.seekAnew(uplink));
            assertTrue(
                    Pause.until(
                            Duration.ofMillis(500),
                            () -> neighbour(gateway, "wan2").contains("REACHABLE")),
                    () -> neighbour(gateway, "wan2"));
            inside.run(gateways::close);
        }
    }

    private boolean answer(LoopInside inside, Gateways gateways, Uplink uplink) throws Exception {
        inside.run(() -> gateways.ask(uplink));
        return Optional.ofNullable(told.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }

    private Gateways gateways(LoopInside inside) throws Exception {
        return inside.on(() -> new Gateways(
                inside.loop(),
                Clock.system(),
                true,
                Gateways.Neighbours.kernel(RouteSocket.open()),
                (uplink, answers) -> told.add(answers)));
    }

    private Uplink uplink(LoopInside inside, int number, IpFamily family) throws Exception {
        var way = net.uplink(number);
        int index = inside.on(() -> {
            try (var links = RouteSocket.open()) {
                return links.link(way.device()).orElseThrow().index();
            }
        });
        return new Uplink(
                index,
                way.device(),
                Optional.of(IpAddress.parse(way.gateway(family))),
                IpAddress.parse(way.address(family)));
    }

    private String neighbour(String address, String device) {
        return net.router().run("ip", "neigh", "show", address, "dev", device).strip();
    }
}
