package dev.reroam.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an agent sent, read forgivingly: the agent may be older or newer than this client, so what is not there is unknown.
 * Texts come without control characters, for they go to a terminal. Immutable.
 */
record View(JsonObject json) {

    static View parse(String text) throws IOException {
        try {
            if (JsonParser.parseString(text) instanceof JsonObject object) {
                return new View(object);
            }
        } catch (JsonParseException | StackOverflowError e) {
            // The same answer for whatever is wrong with it.
        }
        throw new IOException("what answers is no agent");
    }

    Optional<String> text(String name) {
        return value(name).filter(JsonElement::isJsonPrimitive).map(v -> printable(v.getAsString()));
    }

    /** A text that an agent always sends. */
    String word(String name) {
        return text(name).orElse("?").replace('_', ' ');
    }

    OptionalLong number(String name) {
        Optional<Long> number = value(name)
                .filter(v -> v.isJsonPrimitive() && v.getAsJsonPrimitive().isNumber())
                .map(v -> v.getAsNumber().longValue());
        return number.isPresent() ? OptionalLong.of(number.get()) : OptionalLong.empty();
    }

    Optional<View> object(String name) {
        return value(name).filter(JsonElement::isJsonObject).map(v -> new View(v.getAsJsonObject()));
    }

    List<View> objects(String name) {
        List<View> views = new ArrayList<>();
        for (JsonElement element : elements(name)) {
            if (element instanceof JsonObject object) {
                views.add(new View(object));
            }
        }
        return views;
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonElement element : elements(name)) {
            if (element.isJsonPrimitive()) {
                texts.add(printable(element.getAsString()));
            }
        }
        return texts;
    }

    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private Iterable<JsonElement> elements(String name) {
        return value(name)
                .filter(JsonElement::isJsonArray)
                .<Iterable<JsonElement>>map(JsonElement::getAsJsonArray)
                .orElse(List.of());
    }

    private Optional<JsonElement> value(String name) {
        return Optional.ofNullable(json.get(name)).filter(v -> !v.isJsonNull());
    }
}
