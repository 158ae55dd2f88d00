package dev.reroam.tests.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of ours, read by a program that is not ours. */
final class CpioArchiveTest {

    private static final HostProgram CPIO = new HostProgram("busybox", "busybox-static");

    @TempDir
    private Path directory;

    @Test
    void isUnpackedByBusyboxAsItWasWritten() throws IOException, InterruptedException {
        var archive = directory.resolve("archive");
        try (var cpio = new CpioArchive(Files.newOutputStream(archive))) {
            cpio.directory("bin");
            // Lengths on both sides of the padding.
            for (var length = 0; length < 9; length++) {
                cpio.file(
                        "bin/" + "n".repeat(length + 1),
                        0755,
                        "x".repeat(length).getBytes(UTF_8));
            }
        }
        var unpacked = Files.createDirectory(directory.resolve("unpacked"));
        CPIO.run(unpacked, Duration.ofSeconds(20), "cpio", "-i", "-F", archive.toString());
        for (var length = 0; length < 9; length++) {
            var file = unpacked.resolve("bin/" + "n".repeat(length + 1));
            assertEquals("x".repeat(length), Files.readString(file));
            assertTrue(Files.isExecutable(file));
        }
    }

    @Test
    void isTheSameForTheSameContent() throws IOException {
        assertArrayEquals(Files.readAllBytes(written("a")), Files.readAllBytes(written("b")));
    }

    private Path written(String name) throws IOException {
        var file = directory.resolve(name);
        try (var cpio = new CpioArchive(Files.newOutputStream(file))) {
            cpio.file("init", 0755, "content".getBytes(UTF_8));
        }
        return file;
    }
}
