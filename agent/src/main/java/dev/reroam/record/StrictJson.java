package dev.reroam.record;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.reroam.record.RecordMismatch.Reason;
import java.io.IOException;
import java.io.StringReader;

/**
 * Text to tree by RFC 8259 alone. Gson's own parser takes an empty text for null and keeps the last of two equal names;
 * its reader does neither.
 */
final class StrictJson {

    // Gson's own limit of 255 is too much for the 256 KiB stacks that we ship with: some 215 levels overflow them.
    private static final int NESTING = 64;

    private StrictJson() {}

    static JsonElement tree(String text) throws RecordMismatch {
        try (var reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(NESTING);
            JsonElement tree = element(reader, Where.ROOT);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw Where.ROOT.wrong(Reason.NOT_JSON, "something after the end");
            }
            return tree;
        } catch (IOException | JsonParseException | IllegalStateException e) {
            throw Where.ROOT.wrong(Reason.NOT_JSON, String.valueOf(e.getMessage()));
        }
    }

    private static JsonElement element(JsonReader reader, Where where) throws IOException, RecordMismatch {
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> object(reader, where);
            case BEGIN_ARRAY -> array(reader, where);
            case STRING -> new JsonPrimitive(reader.nextString());
            // Keeps the digits as they stand, -0.0 too.
            case NUMBER -> new JsonPrimitive(ToNumberPolicy.LAZILY_PARSED_NUMBER.readNumber(reader));
            case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
            case NULL -> {
                reader.nextNull();
                yield JsonNull.INSTANCE;
            }
            case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT -> throw where.wrong(Reason.NOT_JSON, "a value is missing");
        };
    }

    private static JsonObject object(JsonReader reader, Where where) throws IOException, RecordMismatch {
        var object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            Where at = where.field(name);
            if (object.has(name)) {
                throw at.wrong(Reason.TWICE, name);
            }
            object.add(name, element(reader, at));
        }
        reader.endObject();
        return object;
    }

    private static JsonArray array(JsonReader reader, Where where) throws IOException, RecordMismatch {
        var array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
            array.add(element(reader, where.element(array.size())));
        }
        reader.endArray();
        return array;
    }
}
