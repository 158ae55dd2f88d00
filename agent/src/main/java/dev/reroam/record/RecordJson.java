package dev.reroam.record;

import com.google.gson.JsonElement;

/**
 * Records to JSON and back, exactly. Immutable; build it once per type and keep it, that is where the reflection goes.
 *
 * <p>What stands for what:
 * <ul>
 *   <li>a record: an object, fields in the order of its components; an empty Optional is left out
 *   <li>a sealed interface: its record, with the record's simple name first under {@code "@"}
 *   <li>an enum: its constant's name; a String: a string; boolean and numbers: themselves, every digit kept, and NaN and
 *       the infinities as strings
 *   <li>List, Set and SortedSet: an array, sets in sorted order
 *   <li>Map and SortedMap: an object where the keys are Strings or enums, else an array of {@code [key, value]}; sorted
 *   <li>addresses, endpoints, prefixes and durations: their usual text
 * </ul>
 *
 * <p>Equal values give equal bytes. Reading is strict (unknown fields, missing fields and duplicates are errors) and
 * bounded (64 levels of nesting).
 */
public final class RecordJson<T> {

    private final Class<T> type;
    private final Form form;

    private RecordJson(Class<T> type, Form form) {
        this.type = type;
        this.form = form;
    }

    /**
     * The codec of {@code type}: a record or a sealed interface of records.
     *
     * @throws IllegalArgumentException where something in it has no form in JSON, naming the component
     */
    public static <T> RecordJson<T> of(Class<T> type) {
        return new RecordJson<>(type, new Forms().of(type));
    }

    /** The value as a tree. */
    public JsonElement write(T value) {
        return form.write(value);
    }

    /** The value as one line of text without its end. Any UTF-16 in strings survives, unpaired surrogates too. */
    public String text(T value) {
        return text(write(value));
    }

    /** A tree as one line of text without its end. */
    public static String text(JsonElement tree) {
        return escapeUnpaired(tree.toString());
    }

    /** The value that a tree stands for. */
    public T read(JsonElement json) throws RecordMismatch {
        return type.cast(form.read(json, Where.ROOT));
    }

    /** The value that a text stands for; strict JSON (RFC 8259), nothing after it. */
    public T parse(String text) throws RecordMismatch {
        return read(StrictJson.tree(text));
    }

    /** UTF-8 has no unpaired surrogates; JSON has escapes for them. */
    private static String escapeUnpaired(String text) {
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean paired = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (paired) {
                if (escaped != null) {
                    escaped.append(c).append(text.charAt(i + 1));
                }
                i++;
            } else if (Character.isSurrogate(c)) {
                escaped = escaped == null ? new StringBuilder(text.substring(0, i)) : escaped;
                // d800 to dfff: always four digits.
                escaped.append("\\u").append(Integer.toHexString(c));
            } else if (escaped != null) {
                escaped.append(c);
            }
        }
        return escaped == null ? text : escaped.toString();
    }
}
