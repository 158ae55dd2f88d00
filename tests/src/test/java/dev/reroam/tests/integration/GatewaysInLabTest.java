package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.lookout.Gateways;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
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
            var gateways = inside.on(() -> new Gateways(
                    inside.loop(),
                    Clock.system(),
                    true,
                    Gateways.Neighbours.kernel(RouteSocket.open()),
                    (uplink, answers) -> told.add(answers)));
            int index = inside.on(() -> {
                try (var links = RouteSocket.open()) {
                    return links.link("wan1").orElseThrow().index();
                }
            });
            var uplink = new Uplink(
                    index,
                    "wan1",
                    Optional.of(IpAddress.parse(gateway)),
                    IpAddress.parse(net.uplink(1).address(family)));
            net.router().run("ip", "neigh", "flush", "dev", "wan1");
            assertTrue(answer(inside, gateways, uplink), "unknown, and looked for");
            String known = neighbour(gateway);
            assertTrue(known.contains("REACHABLE"), known);
            assertTrue(answer(inside, gateways, uplink), "known, and asked again");

            var hardware = known.replaceFirst(".*lladdr (\\S+).*", "$1");
            net.router().run("ip", "neigh", "replace", gateway, "lladdr", hardware, "nud", "permanent", "dev", "wan1");
            inside.run(() -> gateways.ask(uplink));
            assertTrue(neighbour(gateway).contains("PERMANENT"), "what somebody has set is left alone");
            net.router().run("ip", "neigh", "replace", gateway, "lladdr", hardware, "nud", "stale", "dev", "wan1");

            net.uplink(1).isp().run("ip", "address", "flush", "dev", "cable");
            assertEquals(false, answer(inside, gateways, uplink));
            assertEquals(List.of(), List.copyOf(told), "nothing was told of the one that needs no answer");
            assertEquals(3, inside.on(() -> gateways.asked(uplink)));
            inside.run(gateways::close);
        }
    }

    private boolean answer(LoopInside inside, Gateways gateways, Uplink uplink) throws Exception {
        inside.run(() -> gateways.ask(uplink));
        return Optional.ofNullable(told.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }

    private String neighbour(String address) {
        return net.router().run("ip", "neigh", "show", address, "dev", "wan1").strip();
    }
}
