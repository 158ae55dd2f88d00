package dev.reroam.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.config.ConfigProblem.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file under {@code bad/} is named after the problem that it must give; {@code .expect} has the words. */
class BadConfigFilesTest {

    private static final Path FOLDER = Path.of("src/test/resources/dev/reroam/config/bad");

    static Stream<Path> files() throws IOException {
        try (var all = Files.list(FOLDER)) {
            List<Path> files =
                    all.filter(f -> f.toString().endsWith(".toml")).sorted().toList();
            assertTrue(files.size() >= 25, "fixtures are found: " + files.size());
            return files.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void givesExactlyTheProblemsItIsNamedAfter(Path file) throws IOException {
        var thrown = assertThrows(BadConfigException.class, () -> ConfigFile.load(Optional.of(file)));
        String name = file.getFileName().toString();
        List<String> expected = Files.readAllLines(Path.of(file.toString().replace(".toml", ".expect")));
        List<String> found = thrown.problems().stream()
                .map(p -> p.line() + ":" + p.column() + ": " + p.message())
                .toList();
        assertEquals(expected, found);
        String kind =
                thrown.problems().get(0).kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        assertTrue(name.startsWith(kind) || name.startsWith("several"), name + " gave " + kind);
    }

    @Test
    void printsFileLineAndReasonOneLineEach() {
        Path file = FOLDER.resolve("several-problems-in-order-of-the-file.toml");
        var thrown = assertThrows(BadConfigException.class, () -> ConfigFile.load(Optional.of(file)));
        List<String> lines = thrown.getMessage().lines().toList();
        assertEquals(3, lines.size());
        assertEquals(file + ":5: unknown key 'devices.wg1.modus'", lines.get(2));
    }

    @Test
    void everyKindOfProblemIsCovered(@TempDir Path folder) throws IOException {
        assertEquals(Kind.MISSING_FILE, kind(folder.resolve("missing.toml")));
        assertEquals(Kind.MISSING_FILE, kind(folder.resolve("no-folder/missing.toml")));
        assertEquals(Kind.NOT_A_FILE, kind(folder));
        assertEquals(Kind.NOT_A_FILE, kind(Path.of("/dev/zero")));
        // Regular, readable by its mode, and still refused: address 0 of a process is never mapped.
        assertEquals(Kind.UNREADABLE, kind(Path.of("/proc/self/mem")));
        Path below = Files.writeString(folder.resolve("file"), "").resolve("below.toml");
        assertEquals(Kind.UNREADABLE, kind(below));
        Path large = Files.writeString(folder.resolve("large.toml"), "#".repeat(300_000));
        assertEquals(Kind.TOO_LARGE, kind(large));
    }

    private static Kind kind(Path file) {
        var thrown = assertThrows(BadConfigException.class, () -> ConfigFile.load(Optional.of(file)));
        assertEquals(1, thrown.problems().size());
        assertTrue(thrown.getMessage().startsWith(file + ":0: "), thrown.getMessage());
        return thrown.problems().get(0).kind();
    }
}
