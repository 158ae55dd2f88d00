package dev.reroam.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.web.RunningAgent.Driver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ControlSocketTest {

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void namesTheSocket() {
        path = folder.resolve("run/reroam.sock");
    }

    @ParameterizedTest
    @EnumSource
    void answersOverARealSocketWithEitherDriver(Driver driver) throws Exception {
        try (var agent = new RunningAgent(driver, path)) {
            String reply = exchange("GET /api/v1/status HTTP/1.1\r\n\r\n");
            assertTrue(reply.startsWith("HTTP/1.1 200 OK\r\n"), reply);
            assertTrue(reply.contains("\"version\":\"0.1.0\""), reply);
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            assertEquals(0, agent.listeners());
        }
        assertFalse(Files.exists(path));
    }

    @ParameterizedTest
    @EnumSource
    void tellsEventsToThoseWhoReadAndForgetsThoseWhoHangUp(Driver driver) throws Exception {
        try (var agent = new RunningAgent(driver, path)) {
            var reader = connect();
            send(reader, "GET /api/v1/events HTTP/1.1\r\n\r\n");
            readUntil(reader, "event: hello\ndata: {}\n\n");
            assertEquals(1, agent.listeners());
            agent.tell(noted("refresh"));
            String text = readUntil(reader, "}\n\n");
            assertTrue(text.contains("event: incident\ndata: {\"unix_ms\":5,\"incident\":7,"), text);
            reader.close();
            while (agent.listeners() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void dropsAReaderThatNeverReadsAndNobodyElse(Driver driver) throws Exception {
        try (var agent = new RunningAgent(driver, path);
                var idle = connect();
                var reader = connect()) {
            send(idle, "GET /api/v1/events HTTP/1.1\r\n\r\n");
            while (agent.listeners() < 1) {
                Thread.onSpinWait();
            }
            send(reader, "GET /api/v1/events HTTP/1.1\r\n\r\n");
            readUntil(reader, "hello\ndata: {}\n\n");
            String filler = "x".repeat(1000);
            int told = 0;
            while (agent.listeners() == 2) {
                agent.tell(noted(filler + told));
                readUntil(reader, filler + told + "\"}\n\n");
                told++;
                // The kernel's own buffer for a unix socket (net.core.wmem_default), and ours.
                assertTrue(told < 2_000, "the idle reader holds " + told + " kB");
            }
            agent.tell(noted("after"));
            readUntil(reader, "after\"}\n\n");
            assertEquals(1, agent.listeners());
        }
    }

    @Test
    void turnsAwayMoreReadersOfEventsThanItHasRoomFor() throws Exception {
        List<SocketChannel> readers = new ArrayList<>();
        try (var agent = new RunningAgent(Driver.EPOLL, path)) {
            for (int i = 0; i < Connection.Readers.MOST; i++) {
                readers.add(connect());
                send(readers.get(i), "GET /api/v1/events HTTP/1.1\r\n\r\n");
                readUntil(readers.get(i), "{}\n\n");
            }
            assertTrue(exchange("GET /api/v1/events HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 503 "));
            readers.remove(0).close();
            while (agent.listeners() == Connection.Readers.MOST) {
                Thread.onSpinWait();
            }
            readers.add(connect());
            send(readers.get(readers.size() - 1), "GET /api/v1/events HTTP/1.1\r\n\r\n");
            readUntil(readers.get(readers.size() - 1), "{}\n\n");
        } finally {
            for (var reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void hangsUpOnMoreConnectionsThanItHasRoomFor() throws Exception {
        List<SocketChannel> silent = new ArrayList<>();
        try (var agent = new RunningAgent(Driver.EPOLL, path)) {
            for (int i = 0; i < ControlSocket.MOST_CONNECTIONS; i++) {
                silent.add(connect());
            }
            try (var one = connect()) {
                assertEquals(-1, one.read(ByteBuffer.allocate(1)));
            }
            silent.remove(0).close();
            while (!answers()) {
                Thread.onSpinWait();
            }
            assertEquals(0, agent.listeners());
        } finally {
            for (var channel : silent) {
                channel.close();
            }
        }
    }

    @Test
    void survivesAnAnswerThatFails() throws Exception {
        try (var agent = new RunningAgent(Driver.EPOLL, path)) {
            agent.with(() -> {
                agent.api().breakDown();
                return "";
            });
            assertTrue(exchange("GET /api/v1/status HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 500 "));
            assertTrue(exchange("GET /api/v1/incidents HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void survivesBytesThatAreNoRequest() throws Exception {
        long seed = Long.getLong("seed", 20260103L);
        var random = new Random(seed);
        try (var agent = new RunningAgent(Driver.EPOLL, path)) {
            for (int i = 0; i < 200; i++) {
                byte[] bytes = new byte[random.nextInt(6_000)];
                random.nextBytes(bytes);
                byte[] start = random.nextBoolean() ? "GET /api/v1/status HTTP/1.1\r\n".getBytes(US) : new byte[0];
                exchangeOrNothing(new String(start, US) + new String(bytes, US) + "\r\n\r\n");
            }
            assertTrue(exchange("GET /api/v1/status HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 "), "seed " + seed);
            assertTrue(exchange("GARBAGE\r\n\r\n").startsWith("HTTP/1.1 400 "));
            String long4k = exchange("GET /" + "x".repeat(5_000) + " HTTP/1.1\r\n\r\n");
            assertTrue(long4k.startsWith("HTTP/1.1 400 "), long4k);
            String largeBody = exchangeOrNothing("POST /api/v1/recover HTTP/1.1\r\nContent-Length: 99999\r\n\r\n");
            assertTrue(largeBody.startsWith("HTTP/1.1 413 "), largeBody);
            assertEquals(0, agent.api().recoveries());
        }
    }

    @Test
    void answersTheFirstOfSeveralRequestsOnly() throws Exception {
        try (var agent = new RunningAgent(Driver.EPOLL, path)) {
            String post = "POST /api/v1/recover HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
            String reply = exchange(post + post + post);
            assertEquals(1, reply.split("HTTP/1.1 200", -1).length - 1, reply);
            assertEquals(1, agent.with(agent.api()::recoveries));
        }
    }

    @Test
    void removesASocketThatADeadAgentLeft() throws Exception {
        leftOver();
        try (var agent = new RunningAgent(Driver.EPOLL, path)) {
            assertTrue(exchange("GET /api/v1/status HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 "));
            assertEquals(0, agent.listeners());
        }
    }

    @Test
    void leavesASocketAloneThatSomebodyListensOn() throws Exception {
        try (var first = new RunningAgent(Driver.EPOLL, path)) {
            var refused = assertThrows(IOException.class, () -> new RunningAgent(Driver.NIO, path));
            assertTrue(refused.getMessage().contains("another program listens"), refused.getMessage());
            assertTrue(exchange("GET /api/v1/status HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 "));
            assertEquals(0, first.listeners());
        }
    }

    @Test
    void leavesAFileAloneThatIsNoSocket() throws Exception {
        Files.createDirectories(path.getParent());
        Files.writeString(path, "precious");
        assertThrows(IOException.class, () -> new RunningAgent(Driver.EPOLL, path));
        assertEquals("precious", Files.readString(path));
    }

    @Test
    void saysThatAPathIsTooLongForTheKernel() {
        Path longPath = folder.resolve("x".repeat(110));
        var refused = assertThrows(IOException.class, () -> new RunningAgent(Driver.EPOLL, longPath));
        assertTrue(refused.getMessage().contains("107 bytes"), refused.getMessage());
    }

    private static final java.nio.charset.Charset US = StandardCharsets.ISO_8859_1;

    private static AgentEvent noted(String what) {
        return new AgentEvent.Noted(7, 5, "step", Optional.of("wg0/AbCdEfGh"), what);
    }

    private void leftOver() throws IOException {
        Files.createDirectories(path.getParent());
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path), "the JDK leaves the file");
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String readUntil(SocketChannel channel, String end) throws IOException {
        var text = new StringBuilder();
        var buffer = ByteBuffer.allocate(4096);
        while (text.indexOf(end) < 0) {
            buffer.clear();
            assertTrue(channel.read(buffer) >= 0, () -> "ended after " + text);
            text.append(new String(buffer.array(), 0, buffer.position(), US));
        }
        return text.toString();
    }

    private String exchange(String request) throws IOException {
        try (var channel = connect()) {
            send(channel, request);
            return readAll(channel);
        }
    }

    /** The agent may hang up while we still talk. */
    private String exchangeOrNothing(String request) {
        try (var channel = connect()) {
            send(channel, request);
            channel.shutdownOutput();
            return readAll(channel);
        } catch (IOException e) {
            return "";
        }
    }

    private boolean answers() {
        try {
            return exchange("GET /api/v1/incidents HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            return false;
        }
    }

    private static String readAll(SocketChannel channel) throws IOException {
        var text = new StringBuilder();
        var buffer = ByteBuffer.allocate(4096);
        while (channel.read(buffer) >= 0) {
            text.append(new String(buffer.array(), 0, buffer.position(), US));
            buffer.clear();
        }
        return text.toString();
    }
}
