package dev.reroam.record;

import com.google.gson.JsonElement;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Finds the {@link Form} of each Java type; a type that contains itself is found once. Used while a codec is built. */
final class Forms {

    private final Map<Type, Form> known = new HashMap<>(Map.ofEntries(
            Map.entry(boolean.class, Scalars.BOOLEAN),
            Map.entry(Boolean.class, Scalars.BOOLEAN),
            Map.entry(int.class, Scalars.INT),
            Map.entry(Integer.class, Scalars.INT),
            Map.entry(long.class, Scalars.LONG),
            Map.entry(Long.class, Scalars.LONG),
            Map.entry(double.class, Scalars.DOUBLE),
            Map.entry(Double.class, Scalars.DOUBLE),
            Map.entry(String.class, Scalars.STRING),
            Map.entry(IpAddress.class, new Scalars.Text(IpAddress::parse)),
            Map.entry(IpPrefix.class, new Scalars.Text(IpPrefix::parse)),
            Map.entry(Endpoint.class, new Scalars.Text(Endpoint::parse)),
            Map.entry(Duration.class, new Scalars.Text(Duration::parse)),
            Map.entry(OptionalInt.class, Optionals.ofInt()),
            Map.entry(OptionalLong.class, Optionals.ofLong()),
            Map.entry(OptionalDouble.class, Optionals.ofDouble())));

    /** A type that is being found further up: it contains itself. */
    private static final class Later implements Form {
        private @Nullable Form form;

        @Override
        public JsonElement write(Object value) {
            return found().write(value);
        }

        @Override
        public Object read(JsonElement json, Where where) throws RecordMismatch {
            return found().read(json, where);
        }

        private Form found() {
            if (form == null) {
                throw new IllegalStateException("used while it is built");
            }
            return form;
        }
    }

    Form of(Type type) {
        Form form = known.get(type);
        if (form != null) {
            return form;
        }
        var later = new Later();
        known.put(type, later);
        form = find(type);
        later.form = form;
        known.put(type, form);
        return form;
    }

    private Form find(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return findGeneric(parameterized);
        }
        if (type instanceof Class<?> c) {
            if (c.isEnum()) {
                return new Scalars.Constant(c);
            }
            if (c.isRecord()) {
                return new RecordForm(c, this);
            }
            if (c.isSealed() && c.isInterface()) {
                return new SealedForm(c, this);
            }
        }
        throw new IllegalArgumentException("no form in JSON for " + type.getTypeName());
    }

    private Form findGeneric(ParameterizedType type) {
        Type[] parts = type.getActualTypeArguments();
        Type raw = type.getRawType();
        if (raw == Optional.class && !isOptional(parts[0])) {
            return Optionals.of(of(parts[0]));
        }
        if (raw == List.class) {
            return new Collected.Listed(of(parts[0]));
        }
        if ((raw == SortedSet.class || raw == SortedMap.class)
                && !(parts[0] instanceof Class<?> c && Comparable.class.isAssignableFrom(c))) {
            throw new IllegalArgumentException("no order to sort by in " + type.getTypeName());
        }
        if (raw == Set.class || raw == SortedSet.class) {
            return new Collected.Unique(of(parts[0]), raw == SortedSet.class);
        }
        if (raw == Map.class || raw == SortedMap.class) {
            boolean named = parts[0] == String.class || (parts[0] instanceof Class<?> c && c.isEnum());
            return new Mapped(of(parts[0]), of(parts[1]), named, raw == SortedMap.class);
        }
        throw new IllegalArgumentException("no form in JSON for " + type.getTypeName());
    }

    /** Two levels of "not there" cannot be told apart. */
    private static boolean isOptional(Type type) {
        return type == OptionalInt.class
                || type == OptionalLong.class
                || type == OptionalDouble.class
                || (type instanceof ParameterizedType p && p.getRawType() == Optional.class);
    }
}
