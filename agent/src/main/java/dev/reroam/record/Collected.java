package dev.reroam.record;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.reroam.record.RecordMismatch.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The forms of lists and sets: arrays. */
final class Collected {

    /** Numbers by size, all else by its text: any total order will do, as long as it is the same everywhere. */
    static final Comparator<JsonElement> ORDER = Collected::compare;

    private Collected() {}

    record Listed(Form inner) implements Form {
        @Override
        public JsonElement write(Object value) {
            var array = new JsonArray();
            ((List<?>) value).forEach(element -> array.add(inner.write(element)));
            return array;
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            JsonArray array = array(json, where);
            var list = new ArrayList<Object>(array.size());
            for (int i = 0; i < array.size(); i++) {
                list.add(inner.read(array.get(i), where.element(i)));
            }
            return Collections.unmodifiableList(list);
        }
    }

    /** A set. {@link Set#copyOf} iterates in another order in every process, so the order is made here. */
    record Unique(Form inner, boolean sorted) implements Form {
        @Override
        public JsonElement write(Object value) {
            if (sorted && ((SortedSet<?>) value).comparator() != null) {
                throw new IllegalArgumentException("a set with an order of its own");
            }
            var elements = new ArrayList<JsonElement>();
            ((Set<?>) value).forEach(element -> elements.add(inner.write(element)));
            elements.sort(ORDER);
            var array = new JsonArray(elements.size());
            elements.forEach(array::add);
            return array;
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            JsonArray array = array(json, where);
            Collection<Object> set = sorted ? new TreeSet<>() : new LinkedHashSet<>();
            for (int i = 0; i < array.size(); i++) {
                if (!set.add(inner.read(array.get(i), where.element(i)))) {
                    throw where.element(i).wrong(Reason.TWICE, array.get(i));
                }
            }
            return set instanceof SortedSet<Object> tree
                    ? Collections.unmodifiableSortedSet(tree)
                    : Collections.unmodifiableSet((Set<Object>) set);
        }
    }

    static JsonArray array(JsonElement json, Where where) throws RecordMismatch {
        if (json instanceof JsonArray array) {
            return array;
        }
        throw where.wrong(Reason.WRONG_TYPE, json);
    }

    private static int compare(JsonElement left, JsonElement right) {
        boolean numbers =
                left instanceof JsonPrimitive l && right instanceof JsonPrimitive r && l.isNumber() && r.isNumber();
        int order = numbers ? left.getAsBigDecimal().compareTo(right.getAsBigDecimal()) : 0;
        // Also for numbers: 0.0 and -0.0 are two elements.
        return order != 0 ? order : left.toString().compareTo(right.toString());
    }
}
