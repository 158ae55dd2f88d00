package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NonceFileTest {

    @TempDir
    Path folder;

    @Test
    void isTheSameForTheNextAgentAndForNobodyElsesEyes() throws Exception {
        Path file = folder.resolve("portmap-nonce");
        var first = NonceFile.read(file, new Random(1));
        assertEquals(first, NonceFile.read(file, new Random(2)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void isDrawnAnewWhereTheFileIsDamaged() throws Exception {
        Path file = folder.resolve("portmap-nonce");
        var first = NonceFile.read(file, new Random(1));
        Files.write(file, new byte[5]);
        var second = NonceFile.read(file, new Random(2));
        assertNotEquals(first, second);
        assertEquals(second, NonceFile.read(file, new Random(3)));
    }

    @Test
    void isGoodForThisRunWhereNothingCanBeKept() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "").resolve("portmap-nonce");
        assertNotEquals(NonceFile.read(file, new Random(1)), NonceFile.read(file, new Random(2)));
    }
}
