package dev.reroam.tunnel.tailscale;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

/** The answer to {@code POST ping}: ipn/ipnstate/ipnstate.go {@code PingResult}. Used once. */
public final class PingReader {

    private static final double NANOS = 1e9;

    private String error = "";
    private String endpoint = "";
    private double seconds;

    private PingReader() {}

    /**
     * That the node answered.
     *
     * @param direct without a relay
     */
    public record Pong(long roundTripNanos, boolean direct) {}

    /**
     * Reads one; empty where it tells that nobody answered.
     *
     * @throws IOException where it is not JSON, or no object, with the reason
     */
    public static Optional<Pong> read(Reader text) throws IOException {
        var reader = new PingReader();
        try (var json = new JsonReader(text)) {
            if (json.peek() != JsonToken.BEGIN_OBJECT) {
                throw new IOException("not the answer to a ping: " + json.peek());
            }
            Fields.each(json, reader::field);
        } catch (MalformedJsonException | IllegalStateException | NumberFormatException e) {
            throw Fields.notJson(e);
        }
        return reader.error.isEmpty() && reader.seconds > 0
                ? Optional.of(new Pong((long) (reader.seconds * NANOS), !reader.endpoint.isEmpty()))
                : Optional.empty();
    }

    private void field(String name, JsonReader json) throws IOException {
        switch (name) {
            case "Err" -> error = Fields.text(json);
            case "Endpoint" -> endpoint = Fields.text(json);
            case "LatencySeconds" -> {
                if (json.peek() == JsonToken.NUMBER) {
                    seconds = json.nextDouble();
                } else {
                    json.skipValue();
                }
            }
            default -> json.skipValue();
        }
    }
}
