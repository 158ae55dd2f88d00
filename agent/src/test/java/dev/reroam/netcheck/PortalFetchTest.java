package dev.reroam.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.uplink.Uplink;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One request on a real connection, to servers on the loopback that send what they like. */
class PortalFetchTest {

    private static final Uplink HERE = new Uplink(1, "lo", Optional.empty(), IpAddress.parse("127.0.0.1"));

    private final MultiThreadIoEventLoopGroup epoll = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final MultiThreadIoEventLoopGroup nio = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CompletableFuture<String> request = new CompletableFuture<>();

    @AfterEach
    void end() {
        epoll.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        nio.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private ServerSocket serve(String text) throws IOException {
        var server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        Thread.ofPlatform().daemon().start(() -> {
            try (var socket = server.accept()) {
                byte[] read = new byte[4096];
                int length = socket.getInputStream().read(read);
                request.complete(new String(read, 0, length, StandardCharsets.US_ASCII));
                socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // The other side has read enough, or the test is over.
                request.completeExceptionally(e);
            }
        });
        return server;
    }

    private static PortalAnswer fetch(IoEventLoop loop, int port) throws Exception {
        var answer = new CompletableFuture<PortalAnswer>();
        var fetching = loop.submit(() -> PortalFetch.begin(
                        loop,
                        HERE,
                        new Endpoint(IpAddress.parse("127.0.0.1"), port),
                        PortalUrl.parse("http://portal.example/generate_204"),
                        answer::complete))
                .get(5, TimeUnit.SECONDS);
        try {
            return answer.get(5, TimeUnit.SECONDS);
        } finally {
            loop.submit(fetching::close).get(5, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asksForThePageAndReadsTheHead(boolean withEpoll) throws Exception {
        try (var server = serve("HTTP/1.1 204 No Content\r\n\r\n")) {
            assertEquals(
                    new PortalAnswer.Http(204, Optional.empty(), false),
                    fetch(withEpoll ? epoll.next() : nio.next(), server.getLocalPort()));
            String asked = request.get(5, TimeUnit.SECONDS);
            assertTrue(asked.startsWith("GET /generate_204 HTTP/1.1\r\nHost: portal.example\r\n"), asked);
            assertTrue(asked.endsWith("\r\n\r\n"), asked);
        }
    }

    @Test
    void tenMegabytesAreReadAsFarAsTheHead() throws Exception {
        try (var server = serve("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(10_000_000))) {
            assertEquals(
                    new PortalAnswer.Http(200, Optional.empty(), false), fetch(epoll.next(), server.getLocalPort()));
        }
    }

    @Test
    void anEndlessHeadIsReadForEightKilobytes() throws Exception {
        try (var server = serve("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(1_000_000))) {
            assertEquals(
                    new PortalAnswer.Http(200, Optional.empty(), false), fetch(epoll.next(), server.getLocalPort()));
        }
    }

    @Test
    void nothingAndNobodyAreNoAnswer() throws Exception {
        int port;
        try (var server = serve("")) {
            port = server.getLocalPort();
            assertEquals(new PortalAnswer.None("closed without an answer"), fetch(epoll.next(), port));
        }
        assertInstanceOf(PortalAnswer.None.class, fetch(epoll.next(), port));
    }

    @Test
    void noHttpIsGarbled() throws Exception {
        try (var server = serve("SSH-2.0-OpenSSH_9\r\n")) {
            assertEquals(new PortalAnswer.Garbled(), fetch(epoll.next(), server.getLocalPort()));
        }
    }
}
