package dev.reroam.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.record.RecordMismatch.Reason;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.TunnelId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordJsonTest {

    private static final long SEED = Long.getLong("seed", 20260701);
    private static final int VALUES = 400;

    enum Colour {
        RED,
        GREEN
    }

    sealed interface Shape {
        record Dot() implements Shape {}

        record Group(List<Shape> parts, Optional<Shape> centre) implements Shape {}

        sealed interface Round extends Shape {
            record Circle(double radius) implements Round {}
        }
    }

    record Everything(
            boolean yes,
            int whole,
            long big,
            Long boxed,
            double real,
            String text,
            Colour colour,
            Optional<String> maybe,
            OptionalInt maybeInt,
            OptionalLong maybeLong,
            OptionalDouble maybeDouble,
            List<Optional<Integer>> holes,
            Set<Integer> numbers,
            Set<Double> reals,
            SortedSet<String> sorted,
            Map<String, Long> byName,
            Map<Colour, Integer> byColour,
            Map<Integer, String> byNumber,
            SortedMap<TunnelId, Shape> byTunnel,
            Map<IpAddress, Set<TunnelId>> byAddress,
            Shape shape,
            IpPrefix prefix,
            Endpoint endpoint,
            Duration lasting) {}

    record Small(int port, Optional<Colour> colour, Map<Integer, Colour> more) {
        Small {
            if (port < 0) {
                throw new IllegalArgumentException("negative port " + port);
            }
        }
    }

    static Stream<Class<?>> types() {
        return Stream.of(
                Everything.class, Shape.class, Small.class, Observation.class, Action.class, RecoveryState.class);
    }

    @ParameterizedTest
    @MethodSource("types")
    <T> void whatIsWrittenIsReadBackAndWrittenTheSame(Class<T> type) throws RecordMismatch {
        var codec = RecordJson.of(type);
        for (long seed = SEED; seed < SEED + VALUES; seed++) {
            T value = new Generated(seed).value(type);
            byte[] bytes = codec.text(value).getBytes(StandardCharsets.UTF_8);
            T again = codec.parse(new String(bytes, StandardCharsets.UTF_8));
            assertEquals(value, again, "seed " + seed);
            assertEquals(codec.text(value), codec.text(again), "seed " + seed);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    <T> void aDamagedTextIsRefusedOrIsAnotherValue(Class<T> type) {
        var codec = RecordJson.of(type);
        var random = new Random(SEED);
        int refused = 0;
        for (long seed = SEED; seed < SEED + VALUES; seed++) {
            var text = new StringBuilder(codec.text(new Generated(seed).value(type)));
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.setLength(at);
                default -> text.setCharAt(at, (char) (' ' + random.nextInt(95)));
            }
            try {
                T value = codec.parse(text.toString());
                assertEquals(codec.text(value), codec.text(codec.parse(codec.text(value))), "seed " + seed);
            } catch (RecordMismatch expected) {
                assertTrue(expected.path().startsWith("$"), "seed " + seed);
                refused++;
            }
        }
        assertTrue(refused > VALUES / 4, "refused " + refused);
    }

    @Test
    void equalSetsAndMapsGiveEqualBytesInWhateverOrderTheyWereMade() {
        record Holder(Set<Integer> set, Map<String, Integer> map, Map<TunnelId, Integer> pairs) {}
        var codec = RecordJson.of(Holder.class);
        var set = new LinkedHashSet<>(List.of(3, 20, 100));
        var map = new LinkedHashMap<String, Integer>();
        map.put("b", 1);
        map.put("a", 2);
        var pairs = new LinkedHashMap<TunnelId, Integer>();
        pairs.put(new TunnelId("wg1", "k"), 1);
        pairs.put(new TunnelId("wg0", "k"), 2);
        assertEquals(
                "{\"set\":[3,20,100],\"map\":{\"a\":2,\"b\":1},\"pairs\":[[{\"device\":\"wg0\",\"peer\":\"k\"},2],"
                        + "[{\"device\":\"wg1\",\"peer\":\"k\"},1]]}",
                codec.text(new Holder(set.reversed(), map, pairs)));
        assertEquals(
                codec.text(new Holder(set, map, pairs)),
                codec.text(new Holder(set.reversed(), map.reversed(), pairs.reversed())));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("nothing", "", "$", Reason.NOT_JSON),
                Arguments.of("half a document", "{\"port\":1", "$", Reason.NOT_JSON),
                Arguments.of("two documents", "{\"port\":1,\"more\":[]} 2", "$", Reason.NOT_JSON),
                Arguments.of("a field twice", "{\"port\":1,\"port\":2,\"more\":[]}", "$.port", Reason.TWICE),
                Arguments.of("nested too deep", "[".repeat(100_000), "$", Reason.NOT_JSON),
                Arguments.of("another type", "[]", "$", Reason.WRONG_TYPE),
                Arguments.of("a missing field", "{\"more\":[]}", "$.port", Reason.MISSING),
                Arguments.of("a field too many", "{\"port\":1,\"more\":[],\"x\":1}", "$.x", Reason.UNKNOWN_FIELD),
                Arguments.of(
                        "a tag where none belongs",
                        "{\"@\":\"Small\",\"port\":1,\"more\":[]}",
                        "$.@",
                        Reason.UNKNOWN_FIELD),
                Arguments.of("a string for a number", "{\"port\":\"1\",\"more\":[]}", "$.port", Reason.WRONG_TYPE),
                Arguments.of("null for a number", "{\"port\":null,\"more\":[]}", "$.port", Reason.WRONG_TYPE),
                Arguments.of("a fraction", "{\"port\":1.5,\"more\":[]}", "$.port", Reason.OUT_OF_RANGE),
                Arguments.of("too big a number", "{\"port\":4294967296,\"more\":[]}", "$.port", Reason.OUT_OF_RANGE),
                Arguments.of("what the record refuses", "{\"port\":-1,\"more\":[]}", "$", Reason.REFUSED),
                Arguments.of(
                        "no such constant",
                        "{\"port\":1,\"colour\":\"PINK\",\"more\":[]}",
                        "$.colour",
                        Reason.UNKNOWN_NAME),
                Arguments.of(
                        "a key twice", "{\"port\":1,\"more\":[[1,\"RED\"],[1,\"RED\"]]}", "$.more[1][0]", Reason.TWICE),
                Arguments.of("half a pair", "{\"port\":1,\"more\":[[1,\"RED\"],[2]]}", "$.more[1]", Reason.WRONG_TYPE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void refusesWithPlaceAndReason(String name, String text, String path, Reason reason) {
        var mismatch = assertThrows(
                RecordMismatch.class, () -> RecordJson.of(Small.class).parse(text));
        assertEquals(path, mismatch.path());
        assertEquals(reason, mismatch.reason());
    }

    @Test
    void namesThePlaceDeepInsideASealedTree() {
        var mismatch = assertThrows(
                RecordMismatch.class,
                () -> RecordJson.of(Shape.class)
                        .parse("{\"@\":\"Group\",\"parts\":[{\"@\":\"Dot\"},{\"@\":\"Square\"}]}"));
        assertEquals("$.parts[1]: unknown name: \"Square\"", mismatch.getMessage());
    }

    record Thread(java.lang.Thread thread) {}

    record Twice(Optional<Optional<String>> maybe) {}

    record Unsortable(SortedSet<Small> set) {}

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(
            classes = {Thread.class, Twice.class, Unsortable.class, Comparable.class})
    void refusesTypesThatItCouldNotReadBack(Class<?> type) {
        assertThrows(IllegalArgumentException.class, () -> RecordJson.of(type));
    }
}
