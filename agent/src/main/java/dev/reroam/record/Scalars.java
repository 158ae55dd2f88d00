package dev.reroam.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.reroam.record.RecordMismatch.Reason;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The forms of values that have no parts. */
final class Scalars {

    private Scalars() {}

    static final Form BOOLEAN = new Form() {
        @Override
        public JsonElement write(Object value) {
            return new JsonPrimitive((Boolean) value);
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            if (json instanceof JsonPrimitive primitive && primitive.isBoolean()) {
                return primitive.getAsBoolean();
            }
            throw where.wrong(Reason.WRONG_TYPE, json);
        }
    };

    static final Form INT = new Form() {
        @Override
        public JsonElement write(Object value) {
            return new JsonPrimitive((Integer) value);
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            long value = whole(json, where);
            if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
                throw where.wrong(Reason.OUT_OF_RANGE, json);
            }
            return (int) value;
        }
    };

    static final Form LONG = new Form() {
        @Override
        public JsonElement write(Object value) {
            return new JsonPrimitive((Long) value);
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            return whole(json, where);
        }
    };

    static final Form DOUBLE = new Form() {
        @Override
        public JsonElement write(Object value) {
            double number = (Double) value;
            // JSON has no word for NaN and the infinities.
            return Double.isFinite(number) ? new JsonPrimitive(number) : new JsonPrimitive(Double.toString(number));
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            if (json instanceof JsonPrimitive primitive && !primitive.isBoolean()) {
                String text = primitive.getAsString();
                double number = primitive.isNumber()
                        ? Double.parseDouble(text)
                        : switch (text) {
                            case "NaN" -> Double.NaN;
                            case "Infinity" -> Double.POSITIVE_INFINITY;
                            case "-Infinity" -> Double.NEGATIVE_INFINITY;
                            default -> throw where.wrong(Reason.WRONG_TYPE, json);
                        };
                if (primitive.isNumber() && Double.isInfinite(number)) {
                    throw where.wrong(Reason.OUT_OF_RANGE, json);
                }
                return number;
            }
            throw where.wrong(Reason.WRONG_TYPE, json);
        }
    };

    static final Form STRING = new Form() {
        @Override
        public JsonElement write(Object value) {
            return new JsonPrimitive((String) value);
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            return string(json, where);
        }
    };

    /** A value with a text of its own: {@code parse(toString())} is the value, and other texts are refused. */
    record Text(Function<String, Object> parse) implements Form {
        @Override
        public JsonElement write(Object value) {
            return new JsonPrimitive(value.toString());
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            String text = string(json, where);
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException | java.time.DateTimeException e) {
                throw where.wrong(Reason.REFUSED, String.valueOf(e.getMessage()));
            }
        }
    }

    /** An enum's constant, by its name. */
    static final class Constant implements Form {
        private final Map<String, Object> byName = new TreeMap<>();

        Constant(Class<?> type) {
            for (Object constant : type.getEnumConstants()) {
                byName.put(((Enum<?>) constant).name(), constant);
            }
        }

        @Override
        public JsonElement write(Object value) {
            return new JsonPrimitive(((Enum<?>) value).name());
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            Object constant = byName.get(string(json, where));
            if (constant == null) {
                throw where.wrong(Reason.UNKNOWN_NAME, json);
            }
            return constant;
        }
    }

    static String string(JsonElement json, Where where) throws RecordMismatch {
        if (json instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw where.wrong(Reason.WRONG_TYPE, json);
    }

    private static long whole(JsonElement json, Where where) throws RecordMismatch {
        if (!(json instanceof JsonPrimitive primitive && primitive.isNumber())) {
            throw where.wrong(Reason.WRONG_TYPE, json);
        }
        try {
            return Long.parseLong(primitive.getAsString());
        } catch (NumberFormatException e) {
            throw where.wrong(Reason.OUT_OF_RANGE, json);
        }
    }
}
