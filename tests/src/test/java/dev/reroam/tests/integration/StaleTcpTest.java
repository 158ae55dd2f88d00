package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.SocketAddress;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.sockdiag.DiagSocket;
import dev.reroam.nft.Nft;
import dev.reroam.tcp.Ending;
import dev.reroam.tcp.Findings;
import dev.reroam.tcp.GoneUplink;
import dev.reroam.tcp.Holders;
import dev.reroam.tcp.LostAddresses;
import dev.reroam.tcp.Programs;
import dev.reroam.tcp.Reason;
import dev.reroam.tcp.Resets;
import dev.reroam.tcp.StaleConnection;
import dev.reroam.tcp.TcpRepair;
import dev.reroam.tcp.TcpSearch;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import dev.reroam.uplink.Uplink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real programs with real TCP connections through an uplink that goes away. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(90)
class StaleTcpTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Programs PROGRAMS = new Programs(List.of("tailscaled", "cloudflared"));
    private static final String ELSEWHERE = "11.0.9.1";
    private static final int TAILSCALE_MARK = 0x80000;

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final ExecutorService slowLane = Executors.newSingleThreadExecutor();
    private LoopInside inside;
    private Sink far;

    @BeforeEach
    void enter() throws Exception {
        inside = LoopInside.enter(net.router());
        // The slow lane starts programs where the agent is, too.
        slowLane.submit(() -> {
                    try (var place = Descriptor.own(
                            "namespace", Libc.open("/run/netns/" + net.router().name(), Libc.O_RDONLY, 0))) {
                        return Libc.check("enter", Libc.setns(place.fd(), Libc.CLONE_NEWNET));
                    }
                })
                .get(10, TimeUnit.SECONDS);
        far = Sink.open(net.far(), net.farAddress(IpFamily.V4));
    }

    @AfterEach
    void end() throws Exception {
        slowLane.shutdown();
        assertTrue(slowLane.awaitTermination(10, TimeUnit.SECONDS));
        inside.close();
        far.close();
        belongings.close();
    }

    /** The agent's part, on the loop in the router. */
    private final class Agent implements AutoCloseable {
        private final List<AutoCloseable> open = new ArrayList<>();
        private final TcpSearch search;
        private final TcpRepair repair;
        private final RouteSocket routes;

        Agent(Callable<DiagSocket> kernel, Holders holders) throws Exception {
            routes = opened(RouteSocket::open);
            var reading = opened(DiagSocket::open);
            var ending = opened(kernel);
            var watching = opened(DiagSocket::open);
            search = new TcpSearch(inside.loop(), slowLane, reading, routes::path, this::ours, holders, PROGRAMS);
            var lost = new LostAddresses(routes, new RouteProtocol(199));
            var resets = new Resets(
                    inside.loop(), Clock.system(), slowLane, new Nft(List.of("nft")), watching, lost, this::ours);
            repair = new TcpRepair(ending, resets);
        }

        private <T extends AutoCloseable> T opened(Callable<T> opening) throws Exception {
            T one = inside.on(opening);
            open.add(one);
            return one;
        }

        private Set<IpAddress> ours() {
            try {
                return routes.addresses().stream().map(Address::local).collect(Collectors.toSet());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<StaleConnection> find(long silentMillis) throws Exception {
            var first = net.uplink(1);
            int link = Integer.parseInt(
                    net.router().run("cat", "/sys/class/net/wan1/ifindex").strip());
            var uplink = new Uplink(
                    link,
                    "wan1",
                    Optional.of(IpAddress.parse(first.gateway(IpFamily.V4))),
                    IpAddress.parse(first.address(IpFamily.V4)));
            var findings = inside.on(() -> search.find(new GoneUplink(uplink, OptionalLong.of(silentMillis))))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            return assertInstanceOf(Findings.Found.class, findings).stale();
        }

        Ending end(StaleConnection stale) throws Exception {
            return inside.on(() -> repair.end(stale))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS)
                    .ending();
        }

        @Override
        public void close() {
            inside.loop()
                    .submit(() -> {
                        repair.close();
                        for (var one : open) {
                            one.close();
                        }
                        return true;
                    })
                    .syncUninterruptibly();
        }
    }

    private Agent agent() throws Exception {
        return new Agent(DiagSocket::open, Holders.ofThisMachine());
    }

    private Dialler transferring(String name) throws Exception {
        return Dialler.transferring(belongings, net.router(), name, net.farAddress(IpFamily.V4), far.port());
    }

    private void awaitConnections(int count) {
        assertTrue(Pause.until(SOON, () -> far.connections() == count), () -> far.connections() + " connections");
    }

    /** The first uplink's address is taken away, and a failover moves the default route. */
    private void loseFirstUplink() {
        net.router()
                .script("ip address delete " + net.uplink(1).address(IpFamily.V4) + "/24 dev wan1\n"
                        + "ip route replace " + net.uplink(2).defaultRoute(IpFamily.V4) + "\n");
    }

    @Test
    void aTransferOverAnAddressThatWentAwayEndsAtOnceAndNoOtherDoes() throws Exception {
        try (var other = Sink.open(net.internet(), ELSEWHERE);
                var agent = agent()) {
            net.router()
                    .script("ip route add " + ELSEWHERE + "/32 via "
                            + net.uplink(2).gateway(IpFamily.V4) + " dev wan2 src "
                            + net.uplink(2).address(IpFamily.V4) + "\n");
            var doomed = transferring("cloudflared");
            var listening =
                    Dialler.listening(belongings, net.router(), "tailscaled", net.farAddress(IpFamily.V4), far.port());
            var stranger = transferring("stranger");
            var living = Dialler.transferring(belongings, net.router(), "cloudflared", ELSEWHERE, other.port());
            awaitConnections(3);
            assertTrue(Pause.until(SOON, () -> other.connections() == 1));
            loseFirstUplink();

            var stale = agent.find(0);
            assertEquals(
                    Set.of("cloudflared", "tailscaled"),
                    stale.stream().map(StaleConnection::program).collect(Collectors.toSet()));
            assertEquals(2, stale.size());
            for (var one : stale) {
                assertEquals(Reason.ADDRESS_GONE, one.reason());
                assertEquals(new Ending.Destroyed(), agent.end(one));
            }

            assertAborted(doomed.end(5));
            assertAborted(listening.end(5));
            assertTrue(stranger.isAlive());
            long before = other.bytes();
            assertTrue(Pause.until(SOON, () -> other.bytes() > before), "it goes on over the living uplink");
            assertTrue(living.isAlive());
            assertEquals(List.of(), agent.find(0));
        }
    }

    private static void assertAborted(String said) {
        assertTrue(said.contains("Software caused connection abort"), said);
    }

    @Test
    void anUplinkThatWasFoundDeadEndsWhatHeardNothingSince() throws Exception {
        try (var agent = agent()) {
            var doomed = transferring("cloudflared");
            awaitConnections(1);
            assertEquals(List.of(), agent.find(5000), "it is answered all the time");
            net.swallow(1, Topology.Direction.BOTH);
            assertTrue(Pause.until(SOON, () -> !found(agent, 1000).isEmpty()));
            var stale = agent.find(1000);
            assertEquals(
                    List.of(Reason.UPLINK_GONE),
                    stale.stream().map(StaleConnection::reason).toList());
            assertEquals(new Ending.Destroyed(), agent.end(stale.get(0)));
            assertAborted(doomed.end(5));
        }
    }

    private static List<StaleConnection> found(Agent agent, long silentMillis) {
        try {
            return agent.find(silentMillis);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the kernel is told instead, and whether the address is still there. */
    enum Loss {
        ADDRESS,
        UPSTREAM
    }

    @ParameterizedTest
    @EnumSource
    void whereTheKernelCannotDestroyTheNextPacketIsReset(Loss loss) throws Exception {
        net.router().script("nft add table inet reroam_alike; nft add chain inet reroam_alike tcp_reset\n");
        String rules = net.router().run("nft", "--stateless", "list", "ruleset");
        try (var agent = new Agent(CannotDestroy::open, Holders.ofThisMachine())) {
            var doomed = transferring("cloudflared");
            var stranger = transferring("stranger");
            awaitConnections(2);
            if (loss == Loss.ADDRESS) {
                loseFirstUplink();
            } else {
                net.swallow(1, Topology.Direction.BOTH);
                assertTrue(Pause.until(SOON, () -> !found(agent, 1000).isEmpty()));
            }
            String routes = net.router().run("ip", "route", "show", "table", "all");
            var stale = agent.find(1000);
            assertEquals(1, stale.size());
            assertEquals(new Ending.Rejecting(), agent.end(stale.get(0)));
            String said = doomed.end(30);
            assertTrue(said.contains("Connection reset by peer"), said);
            assertTrue(stranger.isAlive());
            assertTrue(
                    Pause.until(
                            SOON,
                            () -> net.router()
                                    .run("nft", "--stateless", "list", "ruleset")
                                    .equals(rules)),
                    () -> net.router().run("nft", "--stateless", "list", "ruleset"));
            assertEquals(routes, net.router().run("ip", "route", "show", "table", "all"));
        }
    }

    @Test
    void aStopTakesTheRuleBackAndSoDoesTheNextStart() throws Exception {
        String rules = net.router().run("nft", "--stateless", "list", "ruleset");
        Dialler.listening(belongings, net.router(), "cloudflared", net.farAddress(IpFamily.V4), far.port());
        awaitConnections(1);
        loseFirstUplink();
        String routes = net.router().run("ip", "route", "show", "table", "all");
        try (var agent = new Agent(CannotDestroy::open, Holders.ofThisMachine())) {
            assertEquals(new Ending.Rejecting(), agent.end(agent.find(0).get(0)));
            assertTrue(net.router().run("nft", "--stateless", "list", "ruleset").contains("tcp_reset"));
        }
        assertLeftNothing(rules, routes);

        var crashed = new Agent(CannotDestroy::open, Holders.ofThisMachine());
        assertEquals(new Ending.Rejecting(), crashed.end(crashed.find(0).get(0)));
        try (var next = agent()) {
            inside.run(next.repair::sweep);
            assertLeftNothing(rules, routes);
        }
        crashed.close();
    }

    private void assertLeftNothing(String rules, String routes) {
        assertTrue(
                Pause.until(
                        SOON,
                        () -> net.router()
                                .run("nft", "--stateless", "list", "ruleset")
                                .equals(rules)),
                () -> net.router().run("nft", "--stateless", "list", "ruleset"));
        assertEquals(routes, net.router().run("ip", "route", "show", "table", "all"));
    }

    @Test
    void whereThereIsNoNftEitherThatIsSaid() throws Exception {
        Dialler.listening(belongings, net.router(), "cloudflared", net.farAddress(IpFamily.V4), far.port());
        awaitConnections(1);
        loseFirstUplink();
        try (var agent = new Agent(CannotDestroy::open, Holders.ofThisMachine());
                var kernel = inside.on(CannotDestroy::open);
                var watching = inside.on(DiagSocket::open);
                var routes = inside.on(RouteSocket::open)) {
            var without = new Resets(
                    inside.loop(),
                    Clock.system(),
                    slowLane,
                    new Nft(List.of("/nonexistent/nft")),
                    watching,
                    new LostAddresses(routes, new RouteProtocol(199)),
                    agent::ours);
            var stale = agent.find(0).get(0);
            var ending = inside.on(() -> new TcpRepair(kernel, without).end(stale))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .ending();
            var why = assertInstanceOf(Ending.Impossible.class, ending).why();
            assertTrue(why.contains("/nonexistent/nft"), why);
        }
    }

    @Test
    void aMarkTellsTheProgramUnlessAnotherOneHoldsTheSocket() throws Exception {
        try (var marked = inside.on(this::dialMarked)) {
            awaitConnections(1);
            loseFirstUplink();
            try (var agent = agent();
                    var blind = new Agent(
                            DiagSocket::open, new Holders(Path.of("/nonexistent"), Path.of("/nonexistent")))) {
                assertEquals(List.of(), agent.find(0), "it is this test's own, whatever its mark");
                var stale = blind.find(0);
                assertEquals(1, stale.size(), marked.name());
                assertEquals("tailscaled", stale.get(0).program());
            }
        }
    }

    private Descriptor dialMarked() throws Exception {
        var socket =
                Descriptor.own("marked socket", Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0));
        socket.setOption(Libc.SOL_SOCKET, Libc.SO_MARK, TAILSCALE_MARK);
        var server = new Endpoint(IpAddress.parse(net.farAddress(IpFamily.V4)), far.port());
        Libc.check("connect", Libc.connect(socket.fd(), SocketAddress.internet(server, 0)));
        return socket;
    }
}
