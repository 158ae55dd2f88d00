package dev.reroam.linux.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.NetworkNamespace;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two machines on one cable, each a network namespace: ours, where a port has an owner, and the servers'. */
class UdpPortsTest {

    private static final int COOKIE = 0x2112a442;
    private static final PayloadSign SIGN = new PayloadSign(4, COOKIE);
    private static final int OWNERS_PORT = 51_820;
    private static final int SERVERS_PORT = 3478;

    private final TurnedLoop loop = new TurnedLoop();
    private final UdpPorts ports = new UdpPorts(loop);
    private final List<AutoCloseable> open = new ArrayList<>();
    private NetworkNamespace ours;
    private NetworkNamespace theirs;

    private record Heard(Endpoint from, String text) {}

    private final List<Heard> heard = new ArrayList<>();

    @BeforeEach
    void connect() throws Exception {
        ours = new NetworkNamespace();
        theirs = new NetworkNamespace();
        ours.run("ip link add wan0 type veth peer name wan1 netns " + theirs.name());
        ours.run("ip addr add 192.0.2.1/24 dev wan0");
        ours.run("ip addr add 2001:db8::1/64 dev wan0 nodad");
        ours.run("ip link set wan0 up");
        theirs.run("ip addr add 192.0.2.2/24 dev wan1");
        theirs.run("ip addr add 192.0.2.3/24 dev wan1");
        theirs.run("ip addr add 2001:db8::2/64 dev wan1 nodad");
        theirs.run("ip addr add 2001:db8::3/64 dev wan1 nodad");
        theirs.run("ip link set wan1 up");
    }

    @AfterEach
    void disconnect() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        ours.close();
        theirs.close();
    }

    private static Endpoint at(String family, int host, int port) {
        return Endpoint.parse((family.equals("v4") ? "192.0.2." + host : "[2001:db8::" + host + "]") + ":" + port);
    }

    /** An ordinary socket in a namespace. */
    private Descriptor socket(NetworkNamespace where, Endpoint local) throws Exception {
        return where.call(() -> {
            var socket =
                    Descriptor.socket("test socket", local.address().family().number(), Libc.SOCK_DGRAM, 0);
            open.add(socket);
            socket.setOption(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, 8 << 20);
            return socket.bind(SocketAddress.internet(local, 0));
        });
    }

    private UdpPort borrow(Endpoint remote, Outlet outlet) throws Exception {
        UdpPort port = ours.call(() -> ports.borrow(outlet, OWNERS_PORT, remote, SIGN, this::hear));
        open.add(port);
        return port;
    }

    private void hear(Endpoint from, ByteBuffer payload) {
        heard.add(new Heard(from, text(payload)));
    }

    private static ByteBuffer marked(String text) {
        return direct(8 + text.length())
                .putInt(0x01010000)
                .putInt(COOKIE)
                .put(text.getBytes(StandardCharsets.US_ASCII))
                .flip();
    }

    private static ByteBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length).order(ByteOrder.BIG_ENDIAN);
    }

    private static String text(ByteBuffer marked) {
        return StandardCharsets.US_ASCII
                .decode(marked.slice(marked.position() + 8, marked.remaining() - 8))
                .toString();
    }

    private static void send(Descriptor from, ByteBuffer what, Endpoint to) throws LinuxException {
        Libc.check("send", Libc.sendTo(from.fd(), what, 0, SocketAddress.internet(to, 0)));
    }

    /** The next datagram at an ordinary socket, waiting for it; empty after ten seconds. */
    private static Optional<Heard> receive(Descriptor socket) throws LinuxException {
        var ready =
                direct(8).order(ByteOrder.nativeOrder()).putInt(0, socket.fd()).putShort(4, (short) Libc.POLLIN);
        if (Libc.check("poll", Libc.poll(ready, 10_000)) == 0) {
            return Optional.empty();
        }
        return receiveNow(socket);
    }

    private static Optional<Heard> receiveNow(Descriptor socket) throws LinuxException {
        var into = direct(2048);
        var from = direct(SocketAddress.MAX_LENGTH).order(ByteOrder.nativeOrder());
        var length = direct(4).order(ByteOrder.nativeOrder());
        int received = Libc.receiveFrom(socket.fd(), into, Libc.MSG_DONTWAIT, from, length);
        if (received == -Errno.EAGAIN.number()) {
            return Optional.empty();
        }
        into.limit(Libc.check("receive", received));
        return Optional.of(
                new Heard(SocketAddress.endpoint(from, length.getInt(0)).orElseThrow(), text(into)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void asksFromThePortOfAnotherAndCatchesTheAnswer(String family) throws Exception {
        var owner = socket(ours, at(family, 1, OWNERS_PORT));
        var server = socket(theirs, at(family, 2, SERVERS_PORT));
        var port = borrow(
                at(family, 2, SERVERS_PORT),
                Outlet.any(at(family, 1, 1).address().family()));
        assertEquals(at(family, 1, OWNERS_PORT), port.local());

        port.send(marked("question"), at(family, 2, SERVERS_PORT));
        assertEquals(Optional.of(new Heard(at(family, 1, OWNERS_PORT), "question")), receive(server));
        send(server, marked("answer"), at(family, 1, OWNERS_PORT));
        assertTrue(loop.until(() -> !heard.isEmpty()));
        assertEquals(List.of(new Heard(at(family, 2, SERVERS_PORT), "answer")), heard);
        assertEquals(Optional.of(new Heard(at(family, 2, SERVERS_PORT), "answer")), receive(owner));
    }

    /** An odd length, because the last byte of a checksum is its own case; and a long one. */
    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void theChecksumIsRightForEveryLength(String family) throws Exception {
        var server = socket(theirs, at(family, 2, SERVERS_PORT));
        var port = borrow(
                at(family, 2, SERVERS_PORT),
                Outlet.any(at(family, 1, 1).address().family()));
        for (int length = 0; length < 40; length++) {
            port.send(marked("x".repeat(length)), at(family, 2, SERVERS_PORT));
            assertEquals("x".repeat(length), receive(server).orElseThrow().text());
        }
        port.send(marked("y".repeat(1200)), at(family, 2, SERVERS_PORT));
        assertEquals("y".repeat(1200), receive(server).orElseThrow().text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void hearsNothingButTheAnswer(String family) throws Exception {
        var owner = socket(ours, at(family, 1, OWNERS_PORT));
        var neighbour = socket(ours, at(family, 1, OWNERS_PORT + 1));
        var server = socket(theirs, at(family, 2, SERVERS_PORT));
        var otherPort = socket(theirs, at(family, 2, SERVERS_PORT + 1));
        var otherAddress = socket(theirs, at(family, 3, SERVERS_PORT));
        borrow(
                at(family, 2, SERVERS_PORT),
                Outlet.any(at(family, 1, 1).address().family()));

        send(otherPort, marked("wrong port"), at(family, 1, OWNERS_PORT));
        send(otherAddress, marked("wrong address"), at(family, 1, OWNERS_PORT));
        send(server, marked("to another"), at(family, 1, OWNERS_PORT + 1));
        var unmarked = marked("no cookie").putInt(4, COOKIE + 1);
        send(server, unmarked, at(family, 1, OWNERS_PORT));
        send(server, direct(7), at(family, 1, OWNERS_PORT));
        send(server, marked("answer"), at(family, 1, OWNERS_PORT));
        assertTrue(loop.until(() -> !heard.isEmpty()));
        while (loop.turn(0) > 0) {
            // Whatever else there is.
        }
        assertEquals(List.of(new Heard(at(family, 2, SERVERS_PORT), "answer")), heard);
        assertTrue(receive(neighbour).isPresent());
        assertEquals("wrong port", receive(owner).orElseThrow().text());
    }

    /** The kernel queues for a raw socket as soon as there is one, before it can have a filter. */
    @Test
    void whatCameBeforeTheFilterIsNotHeard() throws Exception {
        var server = socket(theirs, at("v4", 2, SERVERS_PORT));
        var stop = new AtomicBoolean();
        var flood = Thread.ofPlatform().start(() -> {
            var unmarked = marked("no cookie").putInt(4, COOKIE + 1);
            var to = SocketAddress.internet(at("v4", 1, OWNERS_PORT), 0);
            while (!stop.get()) {
                Libc.sendTo(server.fd(), unmarked, 0, to);
            }
        });
        try {
            for (int i = 0; i < 100; i++) {
                try (var port = borrow(at("v4", 2, SERVERS_PORT), Outlet.any(IpFamily.V4))) {
                    assertEquals(0, loop.turn(0), port::toString);
                }
            }
        } finally {
            stop.set(true);
            flood.join();
        }
        assertEquals(List.of(), heard);
    }

    @Test
    void aClosedPortHearsNothing() throws Exception {
        var server = socket(theirs, at("v4", 2, SERVERS_PORT));
        UdpPort port = borrow(at("v4", 2, SERVERS_PORT), Outlet.any(IpFamily.V4));
        port.close();
        port.close();
        send(server, marked("late"), at("v4", 1, OWNERS_PORT));
        assertEquals(0, loop.size());
        assertFalse(port.isOpen());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void aBulkTransferBesideItLosesNothing(String family) throws Exception {
        var owner = socket(ours, at(family, 1, OWNERS_PORT));
        var server = socket(theirs, at(family, 2, SERVERS_PORT));
        var bulk = socket(theirs, at(family, 3, OWNERS_PORT));
        var port = borrow(
                at(family, 2, SERVERS_PORT),
                Outlet.any(at(family, 1, 1).address().family()));
        int received = 0;
        int stolen = 0;
        for (int round = 0; round < 100; round++) {
            for (int i = 0; i < 100; i++) {
                // The same cookie, to make it as hard as can be; WireGuard's packets are not even like that.
                send(bulk, marked("bulk"), at(family, 1, OWNERS_PORT));
            }
            port.send(marked("question"), at(family, 2, SERVERS_PORT));
            receive(server);
            send(server, marked("answer"), at(family, 1, OWNERS_PORT));
            for (var got = receive(owner); got.isPresent(); got = receiveNow(owner)) {
                received += got.get().text().equals("bulk") ? 1 : 0;
                stolen += got.get().text().equals("answer") ? 1 : 0;
            }
        }
        for (var got = receiveNow(owner); got.isPresent(); got = receiveNow(owner)) {
            received += got.get().text().equals("bulk") ? 1 : 0;
            stolen += got.get().text().equals("answer") ? 1 : 0;
        }
        assertTrue(loop.until(() -> heard.size() == 100), () -> heard.size() + " answers");
        assertEquals(10_000, received);
        assertEquals(100, stolen, "the owner gets its copies");
        assertEquals(
                List.of(new Heard(at(family, 2, SERVERS_PORT), "answer")),
                heard.stream().distinct().toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void takesTheOutletThatItIsTold(String family) throws Exception {
        var v4 = family.equals("v4");
        ours.run("ip addr add " + (v4 ? "192.0.2.9/24" : "2001:db8::9/64 nodad") + " dev wan0");
        ours.run("ip link add wan8 type veth peer name wan9 netns " + theirs.name());
        ours.run("ip link set wan8 up");
        theirs.run("ip link set wan9 up");
        // The routes say wan8, and the mark says nowhere but wan0.
        ours.run(
                "ip -" + family.substring(1) + " route add " + (v4 ? "192.0.2.2/32" : "2001:db8::2/128") + " dev wan8");
        var server = socket(theirs, at(family, 2, SERVERS_PORT));
        var outlet = new Outlet(at(family, 9, 1).address(), "wan0", 0, 0x77);
        for (UdpPort port : List.of(
                borrow(at(family, 2, SERVERS_PORT), outlet), ours.call(() -> ports.own(outlet, 0, this::hear)))) {
            open.add(port);
            assertEquals(at(family, 9, 1).address(), port.local().address());
            port.send(marked("question"), at(family, 2, SERVERS_PORT));
            assertEquals(Optional.of(new Heard(port.local(), "question")), receive(server));
        }
    }

    @Test
    void theMarkChoosesTheRoute() throws Exception {
        ours.run("ip rule add fwmark 0x77 table 77");
        ours.run("ip route add blackhole default table 77");
        var marked = new Outlet(IpAddress.ANY_V4, "", 0, 0x77);
        var own = ours.call(() -> ports.own(marked, 0, this::hear));
        open.add(own);
        var refusal = assertThrows(LinuxException.class, () -> own.send(marked("x"), at("v4", 2, SERVERS_PORT)));
        assertEquals(Errno.EINVAL, refusal.errno());
        var failure = assertThrows(Exception.class, () -> borrow(at("v4", 2, SERVERS_PORT), marked));
        assertTrue(failure.getCause() instanceof LinuxException, () -> "" + failure);
    }

    @Test
    void anOwnPortHearsAndSaysWhoItIs() throws Exception {
        var server = socket(theirs, at("v4", 2, SERVERS_PORT));
        UdpPort port =
                ours.call(() -> ports.own(new Outlet(IpAddress.parse("192.0.2.1"), "wan0", 0, 0), 0, this::hear));
        open.add(port);
        port.send(marked("question"), at("v4", 2, SERVERS_PORT));
        assertEquals(port.local(), receive(server).orElseThrow().from());
        send(server, marked("answer"), port.local());
        assertTrue(loop.until(() -> !heard.isEmpty()));
        assertEquals(List.of(new Heard(at("v4", 2, SERVERS_PORT), "answer")), heard);
    }

    /** Nobody listens at the server's port: its kernel says so, and the port goes on. */
    @Test
    void aRefusalOfThePacketBeforeDoesNotStopTheNext() throws Exception {
        UdpPort port = borrow(at("v4", 2, SERVERS_PORT), Outlet.any(IpFamily.V4));
        port.send(marked("one"), at("v4", 2, SERVERS_PORT));
        var server = socket(theirs, at("v4", 2, SERVERS_PORT));
        port.send(marked("two"), at("v4", 2, SERVERS_PORT));
        assertEquals("two", receive(server).orElseThrow().text());
        send(server, marked("answer"), at("v4", 1, OWNERS_PORT));
        assertTrue(loop.until(() -> !heard.isEmpty()));
    }

    @Test
    void refusesToAskAnybodyElse() throws Exception {
        UdpPort port = borrow(at("v4", 2, SERVERS_PORT), Outlet.any(IpFamily.V4));
        assertThrows(IllegalArgumentException.class, () -> port.send(marked("x"), at("v4", 3, SERVERS_PORT)));
    }
}
