package dev.reroam.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    private static final Path README = Path.of("../README.md");

    @Test
    void listsEveryCommandWithEveryOption() throws IOException {
        String readme = Files.readString(README);
        for (Command command : Command.values()) {
            assertTrue(readme.contains("| `" + command.usage() + "` |"), command.usage());
        }
    }

    @Test
    void beginsWithTheDemoAndTheTests() throws IOException {
        List<String> commands = Files.readAllLines(README).stream()
                .filter(line -> line.startsWith("./reroam") || line.startsWith("sudo ./reroam"))
                .map(line -> line.replaceAll(" +#.*", ""))
                .toList();
        assertEquals(List.of("./reroam demo", "./reroam test"), commands.subList(0, 2));
    }

    @Test
    void staysShort() throws IOException {
        assertTrue(Files.readAllLines(README).size() <= 200);
    }
}
