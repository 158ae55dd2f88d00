package dev.reroam.record;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Draws values of any type that {@link RecordJson} knows, from its declaration alone. */
final class Generated {

    private static final String[] TEXTS = {
        "", "wg0", "ENETUNREACH", "\"\\\n\u0000\u2028", "tür-π-🚇", "\ud800", "@", "null"
    };
    private static final long[] EDGES = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53, (1L << 53) + 1, 51820};

    private final Random random;
    private int depth;

    Generated(long seed) {
        random = new Random(seed);
    }

    <T> T value(Class<T> type) {
        return type.cast(draw(type));
    }

    private Object draw(Type type) {
        depth++;
        try {
            return type instanceof ParameterizedType p ? generic(p) : plain((Class<?>) type);
        } finally {
            depth--;
        }
    }

    private Object plain(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) {
            return random.nextBoolean();
        } else if (type == int.class || type == Integer.class) {
            return random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(70_000);
        } else if (type == long.class || type == Long.class) {
            return random.nextBoolean() ? random.nextLong() : EDGES[random.nextInt(EDGES.length)];
        } else if (type == double.class || type == Double.class) {
            return random.nextInt(5) == 0 ? Double.NaN : Double.longBitsToDouble(random.nextLong());
        } else if (type == String.class) {
            return TEXTS[random.nextInt(TEXTS.length)] + (random.nextBoolean() ? "" : random.nextInt(1000));
        } else if (type == IpAddress.class) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            Arrays.fill(bytes, 0, random.nextInt(bytes.length), (byte) 0);
            return IpAddress.of(bytes);
        } else if (type == IpPrefix.class) {
            IpAddress address = value(IpAddress.class);
            return new IpPrefix(address, random.nextInt(address.family().bits() + 1));
        } else if (type == Endpoint.class) {
            return new Endpoint(value(IpAddress.class), random.nextInt(0x10000));
        } else if (type == Duration.class) {
            return Duration.ofSeconds(random.nextInt(), random.nextInt(1_000_000_000));
        } else if (type == OptionalInt.class) {
            return random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(0xffff) + 1);
        } else if (type == OptionalLong.class) {
            return random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong());
        } else if (type == OptionalDouble.class) {
            return random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(random.nextDouble());
        } else if (type.isEnum()) {
            return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        } else if (type.isSealed()) {
            Class<?>[] members = type.getPermittedSubclasses();
            return draw(members[random.nextInt(members.length)]);
        }
        return record(type);
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        for (int attempt = 0; ; attempt++) {
            Object[] parts =
                    Arrays.stream(components).map(c -> draw(c.getGenericType())).toArray();
            try {
                var constructor = type.getDeclaredConstructor(
                        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
                constructor.setAccessible(true);
                return constructor.newInstance(parts);
            } catch (java.lang.reflect.InvocationTargetException e) {
                // The record's own rule refused what was drawn: draw again.
                if (!(e.getCause() instanceof IllegalArgumentException) || attempt == 1000) {
                    throw new AssertionError(type.toString(), e);
                }
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(type.toString(), e);
            }
        }
    }

    private Object generic(ParameterizedType type) {
        Type[] parts = type.getActualTypeArguments();
        Type raw = type.getRawType();
        if (raw == Optional.class) {
            return depth > 12 || random.nextBoolean() ? Optional.empty() : Optional.of(draw(parts[0]));
        }
        int size = depth > 12 ? 0 : random.nextInt(4);
        var list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            list.add(draw(parts[0]));
        }
        if (raw == List.class) {
            return list;
        } else if (raw == Set.class) {
            return new HashSet<>(list);
        } else if (raw == SortedSet.class) {
            return new TreeSet<>(list);
        }
        Map<Object, Object> map = raw == SortedMap.class ? new TreeMap<>() : new HashMap<>();
        assert raw == Map.class || raw == SortedMap.class : raw;
        list.forEach(key -> map.put(key, draw(parts[1])));
        return map;
    }
}
