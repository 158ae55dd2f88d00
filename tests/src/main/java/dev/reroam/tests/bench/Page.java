package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Inside;
import dev.reroam.tests.lab.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A web server with one page that is empty: what those who look for captive portals hope to find. Has a thread of its own. */
final class Page implements AutoCloseable {

    private static final int PORT = 80;
    private static final int BACKLOG = 50;
    private static final byte[] EMPTY =
            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int LARGEST_QUESTION = 4096;

    private final ServerSocket server;

    private Page(ServerSocket server) {
        this.server = server;
        Thread.ofPlatform().daemon().name("page").start(this::serve);
    }

    /** Serves on an IPv4 address of a namespace until it is closed. */
    static Page open(Namespace namespace, String address) {
        return new Page(Inside.of(namespace, () -> new ServerSocket(PORT, BACKLOG, InetAddress.getByName(address))));
    }

    String url() {
        return "http://" + server.getInetAddress().getHostAddress() + "/";
    }

    private void serve() {
        try {
            while (true) {
                try (var client = server.accept()) {
                    // One read takes it: a question is far smaller than a segment.
                    client.getInputStream().readNBytes(1);
                    client.getInputStream()
                            .skip(Math.min(
                                    LARGEST_QUESTION, client.getInputStream().available()));
                    client.getOutputStream().write(EMPTY);
                }
            }
        } catch (SocketException closed) {
            // Why it is safe: close() ends it so.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
