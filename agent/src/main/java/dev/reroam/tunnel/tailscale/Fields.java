package dev.reroam.tunnel.tailscale;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads JSON of a program that changes from version to version: what has another type than expected counts as not there, and
 * what nobody asked for is passed over. Stateless.
 */
final class Fields {

    private static final Pattern WHERE = Pattern.compile("line \\d+ column \\d+");

    /** Ours: a longer word is not one for people. */
    private static final int LONGEST = 300;

    /** Takes one field: it reads the value, or has it skipped. */
    interface Field {
        void read(String name, JsonReader json) throws IOException;
    }

    private Fields() {}

    /** What is wrong, in a line of ours: the library's own tells programmers where to read on. */
    static IOException notJson(Exception e) {
        var where = WHERE.matcher(String.valueOf(e.getMessage()));
        return new IOException("it is not JSON" + (where.find() ? ", " + where.group() : ""), e);
    }

    /** Each field of an object; none where it is something else. */
    static void each(JsonReader json, Field field) throws IOException {
        if (json.peek() != JsonToken.BEGIN_OBJECT) {
            json.skipValue();
            return;
        }
        json.beginObject();
        while (json.hasNext()) {
            field.read(json.nextName(), json);
        }
        json.endObject();
    }

    static String text(JsonReader json) throws IOException {
        if (json.peek() != JsonToken.STRING) {
            json.skipValue();
            return "";
        }
        String text = json.nextString();
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 3) + "...";
    }

    static boolean truth(JsonReader json) throws IOException {
        if (json.peek() != JsonToken.BOOLEAN) {
            json.skipValue();
            return false;
        }
        return json.nextBoolean();
    }

    /** 0 where it is no number, or none that fits. */
    static long number(JsonReader json) throws IOException {
        if (json.peek() != JsonToken.NUMBER) {
            json.skipValue();
            return 0;
        }
        try {
            return json.nextLong();
        } catch (NumberFormatException fraction) {
            json.skipValue();
            return 0;
        }
    }

    /** The texts of an array, so many at most. */
    static List<String> texts(JsonReader json, int most) throws IOException {
        var texts = new ArrayList<String>();
        if (json.peek() != JsonToken.BEGIN_ARRAY) {
            json.skipValue();
            return texts;
        }
        json.beginArray();
        while (json.hasNext()) {
            String text = text(json);
            if (texts.size() < most && !text.isEmpty()) {
                texts.add(text);
            }
        }
        json.endArray();
        return texts;
    }
}
