package dev.reroam.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReasonTest {

    @TempDir
    Path folder;

    @Test
    void saysWhyWhereTheSystemsWordsAreTheFileAlone() throws IOException {
        Path missing = folder.resolve("missing");
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(missing + ": no such file", reason(() -> Files.readString(missing)));
        assertEquals(file + ": is there already", reason(() -> Files.createDirectories(file)));
        assertEquals("f: permission denied", FileReason.of(new AccessDeniedException("f")));
        assertEquals("d: DirectoryNotEmptyException", FileReason.of(new DirectoryNotEmptyException("d")));
    }

    @Test
    void saysNothingTwice() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(
                file.resolve("below") + ": Not a directory", reason(() -> Files.readString(file.resolve("below"))));
        assertEquals("what it says", FileReason.of(new IOException("what it says")));
        assertEquals("IOException", FileReason.of(new IOException()));
    }

    private static String reason(org.junit.jupiter.api.function.Executable attempt) {
        return FileReason.of(assertThrows(IOException.class, attempt));
    }
}
