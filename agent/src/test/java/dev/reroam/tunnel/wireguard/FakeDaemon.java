package dev.reroam.tunnel.wireguard;

import static java.nio.charset.StandardCharsets.US_ASCII;

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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A daemon with a real UAPI socket: it answers each request with the next prepared answer, and remembers what it was asked. */
public final class FakeDaemon implements AutoCloseable {

    /** Instead of an answer: hang up. */
    public static final String HANG_UP = "hang up";
    /** Instead of an answer: say nothing. */
    public static final String SILENCE = "silence";

    public final List<String> asked = new CopyOnWriteArrayList<>();
    public final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Semaphore taken = new Semaphore(0);
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private final ServerSocketChannel server;
    private final Path path;
    private final Thread acceptor;
    /** Connections accepted so far. */
    public volatile int connections;

    public FakeDaemon(Path path) throws IOException {
        this.path = path;
        Files.deleteIfExists(path);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        acceptor = Thread.ofPlatform().daemon().name("fake daemon").start(this::accept);
    }

    /** Prepares an answer. */
    public FakeDaemon will(String answer) {
        answers.add(answer);
        return this;
    }

    /** Waits until it has taken another answer, for whoever asked. */
    public void awaitTaken() throws InterruptedException {
        if (!taken.tryAcquire(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the daemon was asked nothing: " + asked);
        }
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

    private void accept() {
        try {
            while (true) {
                var channel = server.accept();
                connections++;
                open.add(channel);
                Thread.ofPlatform().daemon().name("fake daemon connection").start(() -> serve(channel));
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SocketChannel channel) {
        var buffer = ByteBuffer.allocate(1 << 16);
        var pending = new StringBuilder();
        try (channel) {
            while (channel.read(buffer.clear()) >= 0) {
                pending.append(US_ASCII.decode(buffer.flip()));
                for (int end = pending.indexOf("\n\n"); end >= 0; end = pending.indexOf("\n\n")) {
                    asked.add(pending.substring(0, end + 2));
                    pending.delete(0, end + 2);
                    var answer = answers.take();
                    taken.release();
                    if (answer.equals(HANG_UP)) {
                        return;
                    }
                    if (!answer.equals(SILENCE)) {
                        channel.write(US_ASCII.encode(answer));
                    }
                }
            }
        } catch (IOException e) {
            // The client hung up, or the test is over.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
