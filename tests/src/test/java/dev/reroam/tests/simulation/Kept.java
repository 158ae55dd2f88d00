package dev.reroam.tests.simulation;

import dev.reroam.record.RecordMismatch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Scenarios that once broke a rule. A file has a line that says which, and the scenario: what the generator draws may change. */
final class Kept {

    static final String FOLDER = "tests/src/test/resources/dev/reroam/tests/simulation/kept";

    private Kept() {}

    static List<Path> files() throws IOException {
        try (var files = Files.list(
                Path.of(Objects.requireNonNull(Kept.class.getResource("kept")).toURI()))) {
            return files.sorted().toList();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Scenario read(Path file) throws IOException, RecordMismatch {
        List<String> lines = Files.readAllLines(file);
        return Scenario.parse(lines.getLast());
    }
}
