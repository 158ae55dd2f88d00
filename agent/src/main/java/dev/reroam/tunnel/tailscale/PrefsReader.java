package dev.reroam.tunnel.tailscale;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.Reader;
import java.util.List;

/** JSON to {@link NodePrefs}. Used once. */
public final class PrefsReader {

    private String controlUrl = "";
    private List<String> routes = List.of();
    private String exitNode = "";
    private boolean dns;

    private PrefsReader() {}

    /**
     * Reads them.
     *
     * @throws IOException where it is not JSON, or no object, with the reason
     */
    public static NodePrefs read(Reader text) throws IOException {
        var reader = new PrefsReader();
        try (var json = new JsonReader(text)) {
            if (json.peek() != JsonToken.BEGIN_OBJECT) {
                throw new IOException("no preferences: " + json.peek());
            }
            Fields.each(json, reader::field);
        } catch (MalformedJsonException | IllegalStateException | NumberFormatException e) {
            throw Fields.notJson(e);
        }
        return new NodePrefs(reader.controlUrl, reader.routes, reader.exitNode, reader.dns);
    }

    private void field(String name, JsonReader json) throws IOException {
        switch (name) {
            case "ControlURL" -> controlUrl = Fields.text(json);
            case "AdvertiseRoutes" -> routes = Fields.texts(json, NodePrefs.MOST_ROUTES);
            case "ExitNodeID" -> exitNode = Fields.text(json);
            case "CorpDNS" -> dns = Fields.truth(json);
            default -> json.skipValue();
        }
    }
}
