package dev.reroam.portmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Octets;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The edge towards HTTP, against servers on the loopback that send what they like. */
class GatewayHttpTest {

    private static final UplinkFacts LOOPBACK =
            new UplinkFacts(1, "lo", IpAddress.parse("127.0.0.1"), IpAddress.parse("127.0.0.1"));

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final MultiThreadIoEventLoopGroup nio = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @AfterEach
    void end() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        nio.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wholeAnswerIsGivenBack(boolean epoll) throws Exception {
        try (var server = serve("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello")) {
            var answer = (HttpAnswer) ask(epoll ? group.next() : nio.next(), server);
            assertEquals(200, answer.status());
            assertEquals("b", answer.header("x-a").orElseThrow());
            assertEquals(Octets.of("hello".getBytes(StandardCharsets.UTF_8)), answer.body());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no HTTP, 'hello\r\n\r\n'",
        "an end in the middle, 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello'",
        "wrong chunks, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n'",
        "nothing, ''",
    })
    void isNoAnswer(String what, String text) throws Exception {
        try (var server = serve(text.replace("\n", "\r\n").replace("\r\r\n", "\r\n"))) {
            assertTrue(ask(group.next(), server) instanceof String);
        }
    }

    @Test
    void tenMegabytesAreNoAnswer() throws Exception {
        try (var server = serve("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(10_000_000))) {
            assertTrue(ask(group.next(), server) instanceof String);
        }
    }

    /** Whether its length is said before or not. */
    @ParameterizedTest
    @CsvSource({"65536, true, true", "65536, false, true", "65537, true, false", "65537, false, false"})
    void bodyIsBoundedAt64Kilobytes(int length, boolean said, boolean isAnswer) throws Exception {
        String head = said ? "Content-Length: " + length + "\r\n" : "";
        try (var server = serve("HTTP/1.1 200 OK\r\n" + head + "\r\n" + "x".repeat(length))) {
            assertEquals(isAnswer, ask(group.next(), server) instanceof HttpAnswer);
        }
    }

    @Test
    void endlessHeadersAreNoAnswer() throws Exception {
        try (var server = serve("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(100_000))) {
            assertTrue(ask(group.next(), server) instanceof String);
        }
    }

    @Test
    void serverThatNeverAnswersIsLeftAfterTwoSeconds() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertEquals("no answer within 2 s", ask(group.next(), server));
        }
    }

    @Test
    void eventWithTheRightPathIsToldAndOthersAreNot() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        var url = new CompletableFuture<String>();
        IoEventLoop loop = group.next();
        var server = loop.submit(() -> new EventServer(
                        loop, LOOPBACK, "/secret", (sid, body) -> told.add(sid + " " + body.length()), url::complete))
                .get(10, TimeUnit.SECONDS);
        int port = Integer.parseInt(url.get(10, TimeUnit.SECONDS).replaceAll(".*:(\\d+)/secret", "$1"));
        String body = "Content-Length: 3\r\n\r\nabc";
        assertTrue(
                talk(port, "NOTIFY /secret HTTP/1.1\r\nSID: uuid:1\r\n" + body).startsWith("HTTP/1.1 200"));
        assertEquals("uuid:1 3", told.poll(10, TimeUnit.SECONDS));
        assertTrue(
                talk(port, "NOTIFY /other HTTP/1.1\r\nSID: uuid:1\r\n" + body).startsWith("HTTP/1.1 412"));
        assertTrue(talk(port, "GET /secret HTTP/1.1\r\nSID: uuid:1\r\n" + body).startsWith("HTTP/1.1 412"));
        assertTrue(talk(port, "NOTIFY /secret HTTP/1.1\r\n" + body).startsWith("HTTP/1.1 412"));
        assertEquals(0, told.size());
        loop.submit(server::close).get(10, TimeUnit.SECONDS);
    }

    private static String talk(int port, String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** An HttpAnswer, or the text of the failure. */
    private static Object ask(IoEventLoop loop, ServerSocket server) throws Exception {
        var outcome = new CompletableFuture<Object>();
        var http = new GatewayHttp(loop, LOOPBACK);
        loop.execute(() ->
                http.ask(new HttpRequest("GET", server.getLocalPort(), "/x", Map.of(), ""), new GatewayHttp.Outcome() {
                    @Override
                    public void onAnswer(HttpAnswer answer) {
                        outcome.complete(answer);
                    }

                    @Override
                    public void onFailure(String why) {
                        outcome.complete(why);
                    }
                }));
        return outcome.get(20, TimeUnit.SECONDS);
    }

    /** One connection gets this text, whatever it asks. */
    private static ServerSocket serve(String text) throws IOException {
        var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            try (var socket = server.accept()) {
                var in = socket.getInputStream();
                for (int last = 0, c = in.read(); c >= 0 && !(last == '\r' && c == '\r'); c = in.read()) {
                    last = c == '\n' ? last : c;
                }
                socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The client had enough before the end, which is what the test wants.
            }
        });
        return server;
    }
}
