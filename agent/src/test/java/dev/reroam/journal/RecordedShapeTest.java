package dev.reroam.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An incident that another version recorded is told by its format, and not by the first field that is missing. */
class RecordedShapeTest {

    private static final String NAME = "recorded-shape-" + JournalLine.FORMAT + ".txt";
    private static final Path SHAPE = Path.of("src/test/resources/dev/reroam/journal", NAME);

    private final TreeMap<String, String> shapes = new TreeMap<>();

    @Test
    void theShapeOfWhatIsRecordedIsThatOfItsFormat() throws IOException {
        find(JournalLine.class);
        String now = shapes.entrySet().stream()
                .map(shape -> shape.getKey() + " " + shape.getValue() + "\n")
                .collect(Collectors.joining());
        String then = Files.exists(SHAPE) ? Files.readString(SHAPE, StandardCharsets.UTF_8) : "";
        assertEquals(
                then,
                now,
                "what is recorded is not of format " + JournalLine.FORMAT
                        + " any more: raise JournalLine.FORMAT, and rename " + NAME + " and bring it up to date");
    }

    private void find(Type type) {
        if (type instanceof ParameterizedType generic) {
            Arrays.stream(generic.getActualTypeArguments()).forEach(this::find);
        } else if (type instanceof Class<?> c && !shapes.containsKey(name(c))) {
            if (c.isEnum()) {
                shapes.put(name(c), Arrays.toString(c.getEnumConstants()));
            } else if (c.isRecord()) {
                shapes.put(
                        name(c),
                        Arrays.stream(c.getRecordComponents())
                                .map(part -> name(part.getGenericType()) + " " + part.getName())
                                .collect(Collectors.joining(", ", "(", ")")));
                Arrays.stream(c.getRecordComponents())
                        .map(RecordComponent::getGenericType)
                        .forEach(this::find);
            } else if (c.isSealed()) {
                shapes.put(
                        name(c),
                        Arrays.stream(c.getPermittedSubclasses())
                                .map(RecordedShapeTest::name)
                                .sorted()
                                .collect(Collectors.joining(" | ")));
                Arrays.stream(c.getPermittedSubclasses()).forEach(this::find);
            }
        }
    }

    private static String name(Type type) {
        return type.getTypeName().replaceAll("\\b[a-z]\\w*\\.", "").replace('$', '.');
    }
}
