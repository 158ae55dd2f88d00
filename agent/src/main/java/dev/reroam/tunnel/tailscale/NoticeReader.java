package dev.reroam.tunnel.tailscale;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A line of the bus to {@link Notice}. Stateless. */
public final class NoticeReader {

    private static final int MOST_WARNINGS = 50;

    private NoticeReader() {}

    /**
     * Reads one.
     *
     * @throws IOException where it is not JSON, or no object, with the reason
     */
    public static Notice read(String line) throws IOException {
        var state = new BackendState[1];
        var warnings = new TreeMap<String, String>();
        var told = new boolean[1];
        var prefs = new boolean[1];
        try (var json = new JsonReader(new StringReader(line))) {
            if (json.peek() != JsonToken.BEGIN_OBJECT) {
                throw new IOException("not a notice: " + json.peek());
            }
            Fields.each(json, (name, value) -> {
                switch (name) {
                    case "State" -> {
                        if (value.peek() == JsonToken.NUMBER) {
                            state[0] = BackendState.of(Fields.number(value));
                        } else {
                            value.skipValue();
                        }
                    }
                    case "Health" -> {
                        told[0] = value.peek() == JsonToken.BEGIN_OBJECT;
                        Fields.each(value, (field, all) -> warnings(field, all, warnings));
                    }
                    case "Prefs" -> {
                        prefs[0] = value.peek() == JsonToken.BEGIN_OBJECT;
                        value.skipValue();
                    }
                    default -> value.skipValue();
                }
            });
        } catch (MalformedJsonException | IllegalStateException | NumberFormatException e) {
            throw Fields.notJson(e);
        }
        return new Notice(Optional.ofNullable(state[0]), prefs[0], told[0] ? Optional.of(warnings) : Optional.empty());
    }

    /** health/state.go {@code State}: one field, an object by code; null where all is well. */
    private static void warnings(String field, JsonReader json, Map<String, String> warnings) throws IOException {
        if (!field.equals("Warnings")) {
            json.skipValue();
            return;
        }
        Fields.each(json, (code, warning) -> {
            var text = new StringBuilder();
            Fields.each(warning, (name, value) -> {
                if (name.equals("Text")) {
                    text.append(Fields.text(value));
                } else {
                    value.skipValue();
                }
            });
            if (warnings.size() < MOST_WARNINGS) {
                warnings.put(code, text.toString());
            }
        });
    }
}
