package dev.reroam.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks an agent over its control socket: HTTP/1.1, one request a connection. Blocks. Uses nothing that takes long to load,
 * so that a command answers at once.
 */
final class AgentClient {

    /** The agent answers within milliseconds; one that is silent for so long hangs. */
    private static final long PATIENCE_MILLIS = 10_000;

    /** A thousand tunnels are half a megabyte. */
    private static final int LARGEST_REPLY = 16 * 1024 * 1024;

    private final Path socket;

    AgentClient(Path socket) {
        this.socket = socket;
    }

    /** An answer. */
    record Reply(int code, String body) {}

    /** One event of a stream. */
    record Event(String name, String data) {}

    /** Takes events. */
    interface EventReader {
        /** Whether to go on. */
        boolean read(Event event) throws IOException;
    }

    /**
     * Asks one thing.
     *
     * @throws IOException also when what came back is no HTTP
     */
    Reply ask(String method, String target) throws IOException {
        try (var channel = open(method, target);
                var selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            var whole = new ByteArrayOutputStream();
            var part = ByteBuffer.allocate(16 * 1024);
            while (receive(channel, selector, part, PATIENCE_MILLIS)) {
                whole.write(part.array(), 0, part.position());
                if (whole.size() > LARGEST_REPLY) {
                    throw new IOException("the agent's answer does not end");
                }
            }
            return reply(whole.toString(StandardCharsets.UTF_8));
        }
    }

    /** Reads events until the reader has enough or the agent ends the stream; an answer that is no stream is returned. */
    Reply follow(String target, EventReader reader) throws IOException {
        try (var channel = open("GET", target);
                var selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            var part = ByteBuffer.allocate(16 * 1024);
            var pending = new ByteArrayOutputStream();
            boolean streaming = false;
            // The agent greets at once; after that it may be silent for months.
            while (receive(channel, selector, part, streaming ? 0 : PATIENCE_MILLIS)) {
                pending.write(part.array(), 0, part.position());
                if (pending.size() > LARGEST_REPLY) {
                    throw new IOException("the agent's answer does not end");
                }
                String text = pending.toString(StandardCharsets.ISO_8859_1);
                int from = 0;
                if (!streaming) {
                    int head = text.indexOf("\r\n\r\n");
                    if (head < 0 || !text.startsWith("HTTP/1.1 200 ")) {
                        continue;
                    }
                    streaming = true;
                    from = head + 4;
                }
                for (int end = text.indexOf("\n\n", from); end >= 0; end = text.indexOf("\n\n", from)) {
                    String block = text.substring(from, end);
                    from = end + 2;
                    if (!reader.read(event(block))) {
                        return new Reply(200, "");
                    }
                }
                pending.reset();
                pending.writeBytes(text.substring(from).getBytes(StandardCharsets.ISO_8859_1));
            }
            return streaming ? new Reply(200, "") : reply(pending.toString(StandardCharsets.UTF_8));
        }
    }

    private SocketChannel open(String method, String target) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            String request = method + " " + target + " HTTP/1.1\r\nHost: reroam\r\nContent-Length: 0\r\n\r\n";
            // Far smaller than a socket's buffer: this cannot block.
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether something came; false at the end. */
    private static boolean receive(SocketChannel channel, Selector selector, ByteBuffer part, long patience)
            throws IOException {
        part.clear();
        while (true) {
            int count = channel.read(part);
            if (count != 0) {
                return count > 0;
            }
            if (selector.select(patience) == 0 && patience > 0) {
                throw new IOException("the agent does not answer");
            }
            selector.selectedKeys().clear();
        }
    }

    private static Reply reply(String text) throws IOException {
        int head = text.indexOf("\r\n\r\n");
        if (head < 0 || !text.matches("(?s)HTTP/1\\.1 \\d{3} .*")) {
            throw new IOException("what answers is no agent");
        }
        return new Reply(
                Integer.parseInt(text.substring(9, 12)),
                text.substring(head + 4).strip());
    }

    private static Event event(String block) {
        String name = "message";
        List<String> data = new ArrayList<>();
        for (String line : block.split("\n", -1)) {
            if (line.startsWith("event: ")) {
                name = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                data.add(line.substring("data: ".length()));
            }
        }
        byte[] bytes = String.join("\n", data).getBytes(StandardCharsets.ISO_8859_1);
        return new Event(name, new String(bytes, StandardCharsets.UTF_8));
    }
}
