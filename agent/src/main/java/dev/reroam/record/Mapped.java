package dev.reroam.record;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.reroam.record.RecordMismatch.Reason;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The form of maps, in sorted order: an object where the keys are names, else an array of pairs.
 *
 * @param named the keys are Strings or enums
 */
record Mapped(Form key, Form value, boolean named, boolean sorted) implements Form {

    @Override
    public JsonElement write(Object map) {
        if (sorted && ((SortedMap<?, ?>) map).comparator() != null) {
            throw new IllegalArgumentException("a map with an order of its own");
        }
        var entries = new TreeMap<JsonElement, JsonElement>(Collected.ORDER);
        ((Map<?, ?>) map).forEach((k, v) -> entries.put(key.write(k), value.write(v)));
        if (named) {
            var object = new JsonObject();
            entries.forEach((k, v) -> object.add(k.getAsString(), v));
            return object;
        }
        var pairs = new JsonArray(entries.size());
        entries.forEach((k, v) -> {
            var pair = new JsonArray(2);
            pair.add(k);
            pair.add(v);
            pairs.add(pair);
        });
        return pairs;
    }

    @Override
    public Object read(JsonElement json, Where where) throws RecordMismatch {
        Map<Object, Object> map = sorted ? new TreeMap<>() : new LinkedHashMap<>();
        if (named) {
            if (!(json instanceof JsonObject object)) {
                throw where.wrong(Reason.WRONG_TYPE, json);
            }
            for (var entry : object.entrySet()) {
                Where at = where.field(entry.getKey());
                map.put(key.read(new JsonPrimitive(entry.getKey()), at), value.read(entry.getValue(), at));
            }
        } else {
            JsonArray pairs = Collected.array(json, where);
            for (int i = 0; i < pairs.size(); i++) {
                Where at = where.element(i);
                JsonArray pair = Collected.array(pairs.get(i), at);
                if (pair.size() != 2) {
                    throw at.wrong(Reason.WRONG_TYPE, pair);
                }
                Object k = key.read(pair.get(0), at.element(0));
                if (map.put(k, value.read(pair.get(1), at.element(1))) != null) {
                    throw at.element(0).wrong(Reason.TWICE, pair.get(0));
                }
            }
        }
        return map instanceof SortedMap<Object, Object> tree
                ? Collections.unmodifiableSortedMap(tree)
                : Collections.unmodifiableMap(map);
    }
}
