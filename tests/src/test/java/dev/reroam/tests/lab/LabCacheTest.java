package dev.reroam.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabCacheTest {

    @TempDir
    private Path directory;

    private LabCache cache;

    @BeforeEach
    void open() {
        cache = new LabCache(directory.resolve("not/there/yet"));
    }

    @Test
    void makesAnEntryOnce() throws IOException, InterruptedException {
        cache.entry("kernel", made -> Files.writeString(made.resolve("image"), "first"));
        var entry = cache.entry("kernel", made -> Files.writeString(made.resolve("image"), "second"));
        assertEquals("first", Files.readString(entry.resolve("image")));
    }

    @Test
    void hasNoEntryWhereMakingItFailed() {
        assertThrows(IOException.class, () -> cache.entry("kernel", LabCacheTest::failHalfway));
        assertFalse(Files.exists(cache.directory().resolve("kernel")));
    }

    @Test
    void startsAfreshAfterARunThatDiedHalfway() throws IOException, InterruptedException {
        assertThrows(IOException.class, () -> cache.entry("kernel", LabCacheTest::failHalfway));
        var entry = cache.entry("kernel", made -> Files.writeString(made.resolve("image"), "whole"));
        try (var files = Files.list(entry)) {
            assertEquals(1, files.count());
        }
    }

    private static void failHalfway(Path made) throws IOException {
        Files.writeString(Files.createDirectory(made.resolve("unpacked")).resolve("half"), "ha");
        throw new IOException("the line is cut");
    }
}
