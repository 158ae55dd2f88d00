package dev.reroam.tests.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Asks a running agent over its control socket, as any outsider would: HTTP and JSON, a connection per question. */
record ControlClient(Path socket) {

    private static final long NANOS_PER_MILLI = 1_000_000;
    // Incidents carry the wall clock in whole milliseconds.
    private static final Duration ROUNDING = Duration.ofMillis(1);

    /** What the agent says of itself; empty while it does not answer. */
    Optional<JsonObject> status() {
        if (!Files.exists(socket)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ask("status"));
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    /** What the incidents tell since {@code instant} (CLOCK_REALTIME in nanoseconds), in order. */
    List<Remedy.TimelineEntry> timeline(long instant) {
        try {
            var entries = new ArrayList<Remedy.TimelineEntry>();
            for (var summary : ask("incidents").getAsJsonArray("incidents")) {
                var id = summary.getAsJsonObject().get("id").getAsLong();
                entries.addAll(entries(ask("incidents/" + id), instant));
            }
            entries.removeIf(entry -> entry.at().compareTo(ROUNDING.negated()) < 0);
            entries.sort(Comparator.comparing(Remedy.TimelineEntry::at));
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException("the agent does not tell its incidents", e);
        }
    }

    /** The state word of each tunnel, by the peer's public key. */
    Map<String, String> states() {
        try {
            var states = new TreeMap<String, String>();
            for (var element : ask("status").getAsJsonArray("tunnels")) {
                var tunnel = element.getAsJsonObject();
                states.put(tunnel.get("peer").getAsString(), tunnel.get("state").getAsString());
            }
            return states;
        } catch (IOException e) {
            throw new UncheckedIOException("the agent does not tell its status", e);
        }
    }

    private static List<Remedy.TimelineEntry> entries(JsonObject incident, long instant) {
        long openedAt = incident.get("opened_unix_ms").getAsLong() * NANOS_PER_MILLI;
        var entries = new ArrayList<Remedy.TimelineEntry>();
        for (var element : incident.getAsJsonArray("timeline")) {
            var entry = element.getAsJsonObject();
            long at = openedAt + Math.round(entry.get("at_ms").getAsDouble() * NANOS_PER_MILLI);
            entries.add(new Remedy.TimelineEntry(
                    Duration.ofNanos(at - instant), entry.get("what").getAsString()));
        }
        return entries;
    }

    private JsonObject ask(String resource) throws IOException {
        var request = "GET /api/v1/" + resource + " HTTP/1.1\r\nHost: reroam\r\nConnection: close\r\n\r\n";
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            var reply = new ByteArrayOutputStream();
            Channels.newInputStream(channel).transferTo(reply);
            var text = reply.toString(StandardCharsets.UTF_8);
            int body = text.indexOf("\r\n\r\n");
            if (!text.startsWith("HTTP/1.1 200 ") || body < 0) {
                throw new IOException("asked for " + resource + ", the agent says: "
                        + text.lines().findFirst().orElse(""));
            }
            return JsonParser.parseString(text.substring(body)).getAsJsonObject();
        }
    }
}
