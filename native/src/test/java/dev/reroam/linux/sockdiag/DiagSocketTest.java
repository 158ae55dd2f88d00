package dev.reroam.linux.sockdiag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.NetworkNamespace;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.netlink.DumpOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our reading of the kernel's sockets against {@code ss}'s, in a namespace of its own. */
class DiagSocketTest {

    private static NetworkNamespace namespace;
    private static DiagSocket socket;

    @BeforeAll
    static void makeNetwork() throws Exception {
        namespace = new NetworkNamespace();
        namespace.script("/sockdiag/network.sh");
        socket = namespace.call(DiagSocket::open);
    }

    @AfterAll
    static void removeNetwork() throws Exception {
        if (socket != null) {
            socket.close();
        }
        namespace.close();
    }

    /** A connection to ourselves, and the end that accepted it. */
    private record Pair(SocketChannel dialled, SocketChannel accepted) implements AutoCloseable {

        static Pair over(String address, boolean dualStack) throws Exception {
            return namespace.call(() -> {
                var target = InetAddress.getByName(address);
                boolean v4 = target.getAddress().length == 4 && !dualStack;
                var family = v4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
                try (var listener = ServerSocketChannel.open(family)) {
                    listener.bind(new InetSocketAddress(target, 0));
                    var dialled = SocketChannel.open(family);
                    dialled.connect(listener.getLocalAddress());
                    return new Pair(dialled, listener.accept());
                }
            });
        }

        int port() throws IOException {
            return ((InetSocketAddress) dialled.getLocalAddress()).getPort();
        }

        @Override
        public void close() throws IOException {
            dialled.close();
            accepted.close();
        }
    }

    private static List<TcpConnection> all() throws Exception {
        return Stream.concat(
                        socket.connections(IpFamily.V4, EnumSet.allOf(TcpState.class)).stream(),
                        socket.connections(IpFamily.V6, EnumSet.allOf(TcpState.class)).stream())
                .toList();
    }

    private static Optional<TcpConnection> dialled(Pair pair) throws Exception {
        int port = pair.port();
        return all().stream()
                .filter(connection -> connection.local().port() == port)
                .findFirst();
    }

    private static void assertSameAsSs() throws Exception {
        // Counters move between two readings: what ss says is compared where ours before and after it are equal.
        for (int attempt = 0; attempt < 50; attempt++) {
            var before = lines(all());
            String shown = namespace.run("ss -O -tinemaH");
            if (lines(all()).equals(before)) {
                assertEquals(
                        String.join(
                                "\n", shown.lines().map(SsText::line).sorted().toList()),
                        String.join("\n", before));
                return;
            }
        }
        throw new AssertionError("the sockets never stood still");
    }

    private static List<String> lines(List<TcpConnection> connections) {
        return connections.stream().map(SsText::line).sorted().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void connectionsAreWhatSsSees(String address) throws Exception {
        try (var pair = Pair.over(address, false)) {
            pair.accepted().write(ByteBuffer.wrap(new byte[1000]));
            assertEquals(1000, dialled(pair).orElseThrow().receiveQueue());
            assertSameAsSs();
        }
    }

    @Test
    void anIpv6SocketThatSpeaksIpv4HasIpv4Ends() throws Exception {
        try (var pair = Pair.over("127.0.0.1", true)) {
            assertEquals(
                    "127.0.0.1:" + pair.port(),
                    dialled(pair).orElseThrow().local().toString());
            assertSameAsSs();
            assertEquals(Destruction.DONE, socket.destroy(dialled(pair).orElseThrow()));
        }
    }

    @Test
    void whatIsNotAnsweredBacksOff() throws Exception {
        try (var pair = Pair.over("127.0.0.1", false)) {
            namespace.run("nft add rule inet t in tcp sport " + pair.port() + " drop");
            pair.dialled().write(ByteBuffer.wrap(new byte[1000]));
            Optional<TcpHealth> health;
            do {
                health = dialled(pair).orElseThrow().health();
            } while (health.orElseThrow().backoff() < 2);
            assertEquals(1000, dialled(pair).orElseThrow().sendQueue());
            assertEquals(1, health.get().unacknowledged());
            assertTrue(health.get().retransmits() >= 2, health.toString());
            assertSameAsSs();
        } finally {
            namespace.run("nft flush chain inet t in");
        }
    }

    @Test
    void aDialToNobodyIsSynSent() throws Exception {
        try (var channel = namespace.call(() -> SocketChannel.open(StandardProtocolFamily.INET))) {
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress("192.0.2.9", 443));
            var dialling = socket.connections(IpFamily.V4, EnumSet.of(TcpState.SYN_SENT));
            assertEquals(1, dialling.size());
            assertEquals("192.0.2.9:443", dialling.get(0).remote().toString());
            assertSameAsSs();
        }
    }

    @Test
    void onlyTheStatesAskedForCome() throws Exception {
        try (var pair = Pair.over("127.0.0.1", false)) {
            assertEquals(List.of(), socket.connections(IpFamily.V4, EnumSet.of(TcpState.SYN_SENT, TcpState.LISTEN)));
            pair.dialled().close();
            assertEquals(
                    1,
                    socket.connections(IpFamily.V4, EnumSet.of(TcpState.CLOSE_WAIT))
                            .size());
        }
    }

    @Test
    void streamedConnectionsAreTheSame() throws Exception {
        try (var pair = Pair.over("127.0.0.1", false);
                var other = Pair.over("127.0.0.1", false)) {
            var streamed = new ArrayList<TcpConnection>();
            try (var stream = socket.stream(IpFamily.V4, EnumSet.of(TcpState.ESTABLISHED), streamed::add)) {
                Optional<DumpOutcome> outcome;
                do {
                    outcome = stream.advance(1);
                } while (outcome.isEmpty());
            }
            assertEquals(4, streamed.size());
            assertTrue(pair.dialled().isOpen() && other.dialled().isOpen());
        }
    }

    @Test
    void destroysExactlyOne() throws Exception {
        try (var doomed = Pair.over("127.0.0.1", false);
                var spared = Pair.over("127.0.0.1", false)) {
            var connection = dialled(doomed).orElseThrow();
            assertEquals(
                    connection.cookie(), socket.again(connection).orElseThrow().cookie());
            assertEquals(Destruction.DONE, socket.destroy(connection));
            var error = assertThrows(IOException.class, () -> doomed.dialled().read(ByteBuffer.allocate(10)));
            assertTrue(error.getMessage().contains("abort"), error.getMessage());
            assertEquals(Destruction.GONE, socket.destroy(connection));
            assertTrue(socket.again(connection).isEmpty());
            assertEquals(3, spared.dialled().write(ByteBuffer.wrap(new byte[3])));
        }
    }

    @Test
    void aLaterSocketOfTheSameEndsIsNotMistaken() throws Exception {
        try (var pair = Pair.over("127.0.0.1", false)) {
            var live = dialled(pair).orElseThrow();
            var earlier = new TcpConnection(
                    live.state(),
                    live.local(),
                    live.remote(),
                    live.link(),
                    live.receiveQueue(),
                    live.sendQueue(),
                    live.uid(),
                    live.inode(),
                    live.cookie() + 1_000_000,
                    live.mark(),
                    live.cgroup(),
                    live.health());
            assertEquals(Destruction.GONE, socket.destroy(earlier));
            assertFalse(socket.again(live).isEmpty());
        }
    }
}
