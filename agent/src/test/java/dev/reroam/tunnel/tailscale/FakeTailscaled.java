package dev.reroam.tunnel.tailscale;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A daemon with a real LocalAPI socket: it answers each request as it was told to, and keeps the bus open. */
public final class FakeTailscaled implements AutoCloseable {

    /** Instead of an answer: say nothing. */
    public static final String SILENCE = "silence";
    /** Instead of an answer: hang up. */
    public static final String HANG_UP = "hang up";

    private static final String BUS = "watch-ipn-bus";

    /** Requests as they came: method and path. */
    public final List<String> asked = new CopyOnWriteArrayList<>();
    /** The header lines of the last request. */
    public volatile List<String> headers = List.of();

    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch listening = new CountDownLatch(1);
    private final ServerSocketChannel server;
    private final Path path;
    private final Thread acceptor;

    public FakeTailscaled(Path path) throws IOException {
        this.path = path;
        Files.createDirectories(path.getParent());
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        acceptor = Thread.ofPlatform().daemon().name("fake tailscaled").start(this::accept);
        answers("debug", 400, "unknown action \"none\"");
    }

    /** From now on, what is asked below {@code /localapi/v0/} and begins so is answered so. */
    public FakeTailscaled answers(String what, int code, String body) {
        return sends(
                what, "HTTP/1.1 " + code + " It\r\nContent-Length: " + body.getBytes(UTF_8).length + "\r\n\r\n" + body);
    }

    /** The same with raw bytes, or {@link #SILENCE}, or {@link #HANG_UP}. */
    public FakeTailscaled sends(String what, String bytes) {
        answers.put(what, bytes);
        return this;
    }

    /** Everybody who listens to the bus is sent this; somebody will. */
    public void tells(String bytes) throws IOException, InterruptedException {
        if (!listening.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody listens to the bus: " + asked);
        }
        for (var listener : listeners) {
            listener.write(UTF_8.encode(Integer.toHexString(bytes.getBytes(UTF_8).length) + "\r\n" + bytes + "\r\n"));
        }
    }

    /** Everybody who listens to the bus is hung up on. */
    public void breaksTheBus() throws IOException {
        for (var listener : listeners) {
            listener.close();
        }
        listeners.clear();
    }

    private void accept() {
        try {
            while (true) {
                var channel = server.accept();
                open.add(channel);
                Thread.ofPlatform().daemon().name("fake tailscaled connection").start(() -> serve(channel));
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SocketChannel channel) {
        var buffer = ByteBuffer.allocate(1 << 14);
        var request = new StringBuilder();
        try {
            while (request.indexOf("\r\n\r\n") < 0) {
                if (channel.read(buffer.clear()) < 0) {
                    return;
                }
                request.append(UTF_8.decode(buffer.flip()));
            }
            var lines = request.toString().split("\r\n", -1);
            headers = List.of(lines);
            var what = lines[0].split(" ", -1)[1].replaceFirst("^/localapi/v0/", "");
            if (what.startsWith(BUS) && !answers.containsKey(BUS)) {
                channel.write(UTF_8.encode("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
                asked.add(lines[0]);
                listeners.add(channel);
                listening.countDown();
                return;
            }
            asked.add(lines[0]);
            answer(channel, what);
        } catch (IOException e) {
            // The client hung up, or the test is over.
        }
    }

    private void answer(SocketChannel channel, String what) throws IOException {
        var bytes = answers.entrySet().stream()
                .filter(entry -> what.startsWith(entry.getKey()))
                .max(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .orElse("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        if (bytes.equals(SILENCE)) {
            return;
        }
        if (!bytes.equals(HANG_UP)) {
            var left = UTF_8.encode(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }
        channel.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            // One that is about to accept keeps the socket listening.
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(path);
        for (var channel : open) {
            channel.close();
        }
    }
}
