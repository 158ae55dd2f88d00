package dev.reroam.journal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Cuts WireGuard keys in one file to their first ten characters. Confined to the slow lane.
 *
 * <p>A key does not compress, and the keys of 1,000 peers alone would fill 32 KiB. To the brain a key is but a name, which
 * it compares and sorts: cut ones, as long as no two are alike, lead to the same actions in the same order.
 */
final class KeyShortener {

    /** More than the eight that people are shown; two of 1,000 keys are alike once in 10^12 files. */
    static final int LENGTH = 10;

    // 32 bytes in base64.
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{43}=");

    private final Map<String, String> whole = new HashMap<>();
    private boolean alike;

    /** The tree with each key cut; a copy. Empty once two keys were seen that begin alike. */
    Optional<JsonElement> shortened(JsonElement tree) {
        JsonElement cut = cut(tree);
        return alike ? Optional.empty() : Optional.of(cut);
    }

    private JsonElement cut(JsonElement tree) {
        return switch (tree) {
            case JsonObject object -> {
                var copy = new JsonObject();
                object.entrySet().forEach(entry -> copy.add(cut(entry.getKey()), cut(entry.getValue())));
                yield copy;
            }
            case JsonArray array -> {
                var copy = new JsonArray(array.size());
                array.forEach(element -> copy.add(cut(element)));
                yield copy;
            }
            case JsonPrimitive primitive
            when primitive.isString() -> {
                String text = primitive.getAsString();
                String shorter = cut(text);
                yield shorter.length() == text.length() ? primitive : new JsonPrimitive(shorter);
            }
            default -> tree;
        };
    }

    private String cut(String text) {
        if (text.length() != 44 || !KEY.matcher(text).matches()) {
            return text;
        }
        String start = text.substring(0, LENGTH);
        String first = whole.putIfAbsent(start, text);
        alike |= first != null && !first.equals(text);
        return start;
    }
}
