package dev.reroam.steer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the next run reads from the heart of one that is gone. */
class HeartTest {

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("heart");
    }

    @Test
    void oneThatBeatWhenItsAgentDiedSaysSo() throws Exception {
        try (var heart = Heart.open(file(), "run-1")) {
            assertFalse(Heart.stoppedBeating(file()));
            heart.beat();
        }
        assertTrue(Heart.stoppedBeating(file()));
        assertTrue(Guardian.diedSteering(file()));
    }

    @Test
    void oneAtRestSaysNothingThoughItBeatBefore() throws Exception {
        try (var heart = Heart.open(file(), "run-1")) {
            heart.beat();
            heart.rest();
        }
        // What is left of the longer line stays behind the new one.
        assertEquals("run-1 rest", Files.readAllLines(file()).getFirst());
        assertFalse(Heart.stoppedBeating(file()));
    }

    @Test
    void withoutAFileNobodyDied() {
        assertFalse(Heart.stoppedBeating(file()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "run", "run-1 12x", "run-1 rest\n1000000000000000001\n", "\u00ff\u00fe 1"})
    void whatSaysNothingIsNoSign(String text) throws Exception {
        Files.writeString(file(), text);
        assertFalse(Heart.stoppedBeating(file()));
    }
}
