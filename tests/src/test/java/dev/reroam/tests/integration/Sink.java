package dev.reroam.tests.integration;

import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Libc;
import dev.reroam.tests.lab.Namespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A TCP server in a namespace of the lab that takes everything and says nothing. */
final class Sink implements AutoCloseable {

    private final ServerSocketChannel listener;
    private final Collection<SocketChannel> accepted = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();

    private Sink(ServerSocketChannel listener) {
        this.listener = listener;
    }

    /** Listens on a free port of this address. */
    static Sink open(Namespace namespace, String address) throws Exception {
        var opening = new FutureTask<>(() -> {
            try (var place = Descriptor.own(
                    "namespace " + namespace,
                    Libc.open("/run/netns/" + namespace.name(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0))) {
                Libc.check("enter " + namespace, Libc.setns(place.fd(), Libc.CLONE_NEWNET));
            }
            return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        });
        Thread.ofPlatform().start(opening);
        var sink = new Sink(opening.get(10, TimeUnit.SECONDS));
        Thread.ofPlatform().daemon().start(sink::accept);
        return sink;
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    /** Bytes that came so far, of all connections. */
    long bytes() {
        return bytes.get();
    }

    int connections() {
        return accepted.size();
    }

    private void accept() {
        try {
            while (true) {
                var connection = listener.accept();
                accepted.add(connection);
                Thread.ofPlatform().daemon().start(() -> drain(connection));
            }
        } catch (IOException closed) {
            // Why it is safe: the listener's end is this thread's.
        }
    }

    private void drain(SocketChannel connection) {
        var buffer = ByteBuffer.allocate(64 * 1024);
        try {
            for (int read = 0; read >= 0; read = connection.read(buffer.clear())) {
                bytes.addAndGet(read);
            }
        } catch (IOException reset) {
            // Why it is safe: how a connection ends is the other side's test.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var connection : accepted) {
            connection.close();
        }
    }
}
