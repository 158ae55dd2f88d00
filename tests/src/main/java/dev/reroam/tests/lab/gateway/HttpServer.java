package dev.reroam.tests.lab.gateway;

import dev.reroam.tests.lab.gateway.UpnpDevice.Request;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A gateway's HTTP: one request per connection, a thread for each. Safe from any thread. */
final class HttpServer implements AutoCloseable {

    private static final int LONGEST_HEAD = 16_384;
    private static final int LARGEST_BODY = 65_536;
    // Small: what the kernel took and nobody read would count as sent.
    private static final int SEND_BUFFER = 4096;
    private static final int PIECE = 1024;

    private final ServerSocket server;
    private final Function<Request, byte[]> answers;
    private final Collection<Socket> open = new ConcurrentLinkedQueue<>();
    private final AtomicLong largest = new AtomicLong();

    /** @param answers may block; an empty answer keeps the connection and says nothing */
    HttpServer(ServerSocket server, Function<Request, byte[]> answers) {
        this.server = server;
        this.answers = answers;
        Thread.ofPlatform().daemon().name("fake-gateway-http").start(this::accept);
    }

    /** Most bytes that went out on one connection. */
    long largest() {
        return largest.get();
    }

    private void accept() {
        while (true) {
            try {
                var client = server.accept();
                open.add(client);
                Thread.ofPlatform().daemon().name("fake-gateway-client").start(() -> serve(client));
            } catch (SocketException closed) {
                // Why it is safe: close() ends it so.
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket client) {
        try {
            client.setSendBufferSize(SEND_BUFFER);
            var in = new BufferedInputStream(client.getInputStream());
            String head = head(in);
            var headers = headers(head);
            int length = Math.min(LARGEST_BODY, number(headers.getOrDefault("content-length", "0")));
            String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            String[] words = head.lines().findFirst().orElse("").split(" ", 3);
            var request = new Request(
                    words[0],
                    words.length > 1 ? words[1] : "",
                    headers,
                    body,
                    client.getInetAddress().getHostAddress());
            byte[] answer = answers.apply(request);
            if (answer.length > 0) {
                send(client, answer);
                client.close();
            }
        } catch (IOException | RejectedExecutionException hungUp) {
            // Why it is safe: who asked had enough, and what was sent until then is counted; or the gateway ends.
        }
    }

    private void send(Socket client, byte[] answer) throws IOException {
        var out = client.getOutputStream();
        for (int at = 0; at < answer.length; at += PIECE) {
            int piece = Math.min(PIECE, answer.length - at);
            out.write(answer, at, piece);
            largest.accumulateAndGet((long) at + piece, Math::max);
        }
        out.flush();
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        int ends = 0;
        while (ends < 2 && head.size() < LONGEST_HEAD) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("no request");
            }
            head.write(c);
            if (c == '\n') {
                ends++;
            } else if (c != '\r') {
                ends = 0;
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static Map<String, String> headers(String head) {
        var headers = new TreeMap<String, String>();
        head.lines().skip(1).forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        UpnpDevice.folded(line.substring(0, colon)),
                        line.substring(colon + 1).strip());
            }
        });
        return headers;
    }

    private static int number(String text) {
        return text.matches("\\d{1,8}") ? Integer.parseInt(text) : 0;
    }

    @Override
    public void close() {
        try {
            server.close();
            for (var client : open) {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
