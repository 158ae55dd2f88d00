package dev.reroam.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/** The forms of what may be absent: nothing at all in a record, null in an array. */
final class Optionals {

    private Optionals() {}

    static Form of(Form inner) {
        return new Maybe(inner, Optional.empty(), value -> (Optional<?>) value, Optional::of);
    }

    static Form ofInt() {
        return new Maybe(
                Scalars.INT,
                OptionalInt.empty(),
                value -> ((OptionalInt) value).stream().boxed().findFirst(),
                value -> OptionalInt.of((Integer) value));
    }

    static Form ofLong() {
        return new Maybe(
                Scalars.LONG,
                OptionalLong.empty(),
                value -> ((OptionalLong) value).stream().boxed().findFirst(),
                value -> OptionalLong.of((Long) value));
    }

    static Form ofDouble() {
        return new Maybe(
                Scalars.DOUBLE,
                OptionalDouble.empty(),
                value -> ((OptionalDouble) value).stream().boxed().findFirst(),
                value -> OptionalDouble.of((Double) value));
    }

    private record Maybe(Form inner, Object empty, Function<Object, Optional<?>> unwrap, Function<Object, Object> wrap)
            implements Form {
        @Override
        public JsonElement write(Object value) {
            Optional<?> content = unwrap.apply(value);
            return content.isPresent() ? inner.write(content.get()) : JsonNull.INSTANCE;
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            return json.isJsonNull() ? empty : wrap.apply(inner.read(json, where));
        }

        @Override
        public Optional<Object> leftOut() {
            return Optional.of(empty);
        }
    }
}
