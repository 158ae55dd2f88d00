package dev.reroam.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {

    @TempDir
    Path directory;

    private DurableFile file() {
        return new DurableFile(directory.resolve("state/net-1/ledger"));
    }

    @Test
    void aFileThatIsNotThereIsEmptyOptional() throws IOException {
        assertEquals(Optional.empty(), file().read(10));
    }

    @Test
    void replacesAndAppendsForItsOwnerAlone() throws IOException {
        file().replace("one\n".getBytes());
        file().append("two\n".getBytes(), 4);
        assertArrayEquals("one\ntwo\n".getBytes(), file().read(8).orElseThrow());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file().path())));
        file().replace("three".getBytes());
        assertArrayEquals("three".getBytes(), file().read(8).orElseThrow());
        try (var files = Files.list(file().path().getParent())) {
            assertEquals(List.of(file().path()), files.toList());
        }
    }

    @Test
    void refusesToReadMoreThanTheLimit() throws IOException {
        file().replace(new byte[9]);
        assertThrows(IOException.class, () -> file().read(8));
    }

    @Test
    void refusesToAppendWhereSomebodyElseWrote() throws IOException {
        file().replace(new byte[9]);
        assertThrows(IOException.class, () -> file().append(new byte[1], 8));
        assertEquals(9, Files.size(file().path()));
    }

    @Test
    void refusesToAppendToAFileThatWasRemoved() {
        assertThrows(IOException.class, () -> file().append(new byte[1], 0));
    }

    @Test
    void isNotLedAstrayByALinkInPlaceOfItsDraft() throws IOException {
        file().replace(new byte[1]);
        Path victim = Files.writeString(directory.resolve("victim"), "untouched");
        Files.createSymbolicLink(file().path().resolveSibling(".ledger.new"), victim);
        file().replace("new".getBytes());
        assertEquals("untouched", Files.readString(victim));
    }
}
