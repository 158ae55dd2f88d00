package dev.reroam.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.EpollDescriptorDriver;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Finding;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.Outcome.Answered;
import dev.reroam.stun.Outcome.Silent;
import dev.reroam.stun.Outcome.Unsent;
import dev.reroam.stun.SimulatedServer.Kind;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the loopback, with real sockets on a real loop. */
class StunClientTest {

    private static final Outlet HERE = new Outlet(IpAddress.parse("127.0.0.1"), "lo", 0, 0);
    private static final Schedule PATIENT = Schedule.of(500, 7, 16);
    private static final long BOUND_SECONDS = 20;

    private final LinkedBlockingQueue<RuntimeException> bugs = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private MultiThreadIoEventLoopGroup group;
    private IoEventLoop loop;
    /** For what is answered: a slow machine makes it repeat nothing. */
    private StunClient client;
    /** For silence, which takes time. */
    private StunClient timed;

    @BeforeEach
    void start() throws Exception {
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        loop = group.next();
        var descriptors = new EpollDescriptorDriver(loop, bugs::add);
        client = new StunClient(loop, descriptors, new StandingClock(), new SecureRandom());
        timed = new StunClient(loop, descriptors, Clock.system(), new SecureRandom());
    }

    /** Stands still, but for a nanosecond at each look: whatever happens, no wait is over. */
    private static final class StandingClock implements Clock {

        private final AtomicLong now = new AtomicLong();

        @Override
        public long monotonicNanos() {
            return now.incrementAndGet();
        }

        @Override
        public long realtimeNanos() {
            return 0;
        }
    }

    @AfterEach
    void stop() throws Exception {
        onLoop(() -> {
            client.close();
            timed.close();
            return true;
        });
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        assertEquals(List.of(), List.copyOf(bugs));
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    private <O extends Outcome> O next(Class<O> kind) throws Exception {
        return assertInstanceOf(kind, outcomes.poll(BOUND_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void tellsWhatTheServerSaw() throws Exception {
        try (var server = new LoopbackServer(Kind.ORDINARY)) {
            var socket = onLoop(() -> client.open(HERE));
            onLoop(() -> {
                socket.ask(server.primary(), PATIENT, outcomes::add);
                assertEquals(0, outcomes.size(), "not within the call");
                return true;
            });
            var answer = next(Answered.class);
            assertEquals(socket.local(), answer.mapped());
            assertEquals(server.primary(), answer.from());
            assertTrue(answer.roundTripNanos() > 0);
            assertEquals(Map.of(), onLoop(client::dropped));
        }
    }

    @Test
    void tellsThatNobodyAnswered() throws Exception {
        try (var server = new LoopbackServer(Kind.SILENT)) {
            var socket = onLoop(() -> timed.open(HERE));
            onLoop(() -> {
                socket.ask(server.primary(), Schedule.of(1, 3, 1), outcomes::add);
                return true;
            });
            assertEquals(new Silent(3), next(Silent.class));
            assertTrue(server.requests.tryAcquire(3, BOUND_SECONDS, TimeUnit.SECONDS));
            assertEquals(0, server.requests.availablePermits());
        }
    }

    @Test
    void tellsThatTheKernelDidNotSend() throws Exception {
        var socket = onLoop(() -> client.open(HERE));
        onLoop(() -> {
            socket.ask(Endpoint.parse("255.255.255.255:3478"), PATIENT, outcomes::add);
            assertEquals(0, outcomes.size(), "not within the call");
            return true;
        });
        next(Unsent.class);
    }

    @Test
    void believesNobodyElse() throws Exception {
        try (var server = new LoopbackServer(Kind.SILENT);
                var afterwards = new LoopbackServer(Kind.ORDINARY);
                var stranger = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            var socket = onLoop(() -> client.open(HERE));
            var id = TransactionId.draw(new SecureRandom());
            byte[] forged = StunCodec.encode(new StunMessage(
                    MessageClass.SUCCESS,
                    StunMessage.BINDING,
                    id,
                    List.of(new StunAttribute.XorMappedAddress(Endpoint.parse("6.6.6.6:6"))),
                    true));
            onLoop(() -> {
                socket.ask(server.primary(), PATIENT, outcomes::add);
                return true;
            });
            var to = InetAddress.getByAddress(socket.local().address().bytes());
            stranger.send(
                    new DatagramPacket(forged, forged.length, to, socket.local().port()));
            stranger.send(new DatagramPacket(forged, 7, to, socket.local().port()));
            onLoop(() -> {
                socket.ask(afterwards.primary(), PATIENT, outcomes::add);
                return true;
            });
            // It came in behind them.
            assertEquals(afterwards.primary(), next(Answered.class).from());
            assertEquals(Map.of(Dropped.UNKNOWN_ID, 1L, Dropped.MALFORMED, 1L), onLoop(client::dropped));
            assertEquals(0, outcomes.size());
        }
    }

    @Test
    void asksFromThePortOfAnother() throws Exception {
        try (var server = new LoopbackServer(Kind.ORDINARY);
                var owner = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            onLoop(() -> {
                client.askFrom(HERE, owner.getLocalPort(), server.primary(), PATIENT, outcomes::add);
                return true;
            });
            assertEquals(
                    new Endpoint(HERE.source(), owner.getLocalPort()),
                    next(Answered.class).mapped());
        }
    }

    @Test
    void whatIsClosedIsForgotten() throws Exception {
        try (var server = new LoopbackServer(Kind.ORDINARY)) {
            var socket = onLoop(() -> timed.open(HERE));
            onLoop(() -> {
                socket.ask(server.primary(), Schedule.of(1, 1, 1), outcomes::add);
                socket.close();
                socket.close();
                return true;
            });
            assertThrows(IllegalStateException.class, () -> socket.ask(server.primary(), Schedule.ONCE, outcomes::add));
            assertNull(outcomes.poll(50, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void discoversThatNothingIsInTheWay() throws Exception {
        var results = new LinkedBlockingQueue<Discovered>();
        try (var ordinary = new LoopbackServer(Kind.ORDINARY);
                var server = new LoopbackServer(Kind.TWO_ADDRESSES)) {
            onLoop(() -> client.discover(
                    new Outlet(HERE.source(), "", 0, 0),
                    List.of(ordinary.primary(), server.primary()),
                    Schedule.PROBE,
                    results::add));
            var found = results.poll(BOUND_SECONDS, TimeUnit.SECONDS);
            assertEquals(Finding.NO, found.behaviour().translated());
            assertEquals(Mapping.ENDPOINT_INDEPENDENT, found.behaviour().mapping());
            assertEquals(Filtering.ENDPOINT_INDEPENDENT, found.behaviour().filtering());
            assertEquals(Finding.YES, found.behaviour().portPreserved());
            assertEquals(
                    List.of(ordinary.primary(), server.primary()),
                    List.copyOf(found.outcomes().keySet()));
            assertEquals(ordinary.requests.availablePermits() + server.requests.availablePermits(), found.requests());
            assertEquals(Map.of(), found.dropped());
        }
    }

    @Test
    void aDiscoveryWithoutServersIsOverAtOnceAndOneThatIsClosedTellsNobody() throws Exception {
        var results = new LinkedBlockingQueue<Discovered>();
        onLoop(() -> client.discover(HERE, List.of(), Schedule.PROBE, results::add));
        assertEquals(
                Mapping.UNKNOWN,
                results.poll(BOUND_SECONDS, TimeUnit.SECONDS).behaviour().mapping());
        try (var server = new LoopbackServer(Kind.SILENT)) {
            onLoop(() -> {
                timed.discover(HERE, List.of(server.primary()), Schedule.of(1, 1, 1), results::add)
                        .close();
                return true;
            });
            assertNull(results.poll(50, TimeUnit.MILLISECONDS));
        }
    }
}
