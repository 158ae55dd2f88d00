package dev.reroam.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {

    private static final Path README = Path.of("../README.md");

    @Test
    void hasTheTableOfKeysAsItIs() throws IOException {
        assertTrue(Files.readString(README).contains(Keys.table()), Keys::table);
    }

    @Test
    void hasAnExampleThatIsRead(@TempDir Path folder) throws Exception {
        var example = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        assertTrue(example.find());
        Path file = Files.writeString(folder.resolve("reroam.toml"), example.group(1));
        assertTrue(!ConfigFile.load(Optional.of(file)).device("wg0").probes().isEmpty());
    }
}
