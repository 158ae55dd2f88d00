package dev.reroam.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.host.AgentLock.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // A lock is held by being open; nothing else is done with it.
class AgentLockTest {

    private static final OptionalLong US =
            OptionalLong.of(ProcessHandle.current().pid());

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void namesTheFile() {
        file = folder.resolve("run/net-1.lock");
    }

    @Test
    void holdsAFileThatOnlyItsOwnerCanReadWithTheProcessId() throws IOException {
        try (var lock = take()) {
            assertEquals(US.getAsLong() + "\n", Files.readString(file));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
    }

    @Test
    void refusesASecondAgentAndNamesTheFirst() throws IOException {
        try (var first = take()) {
            assertEquals(new Attempt.Taken(US), AgentLock.acquire(file));
            assertEquals(new Attempt.Taken(US), AgentLock.acquire(file));
        }
        take().close();
    }

    @Test
    void leavesNoFileBehind() throws IOException {
        var lock = take();
        lock.close();
        assertFalse(Files.exists(file));
        lock.close();
    }

    @Test
    void takesOverTheFileOfAnAgentThatWasKilled() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "999999999 and more than a process id has\n");
        try (var lock = take()) {
            assertEquals(US.getAsLong() + "\n", Files.readString(file));
        }
    }

    @Test
    void doesNotCloseTheNextAgentsLockWhenClosedTwice() throws IOException {
        var first = take();
        first.close();
        try (var second = take()) {
            first.close();
            assertInstanceOf(Attempt.Taken.class, AgentLock.acquire(file));
            assertTrue(Files.exists(file));
        }
    }

    @Test
    void isGivenBackByTheKernelWhenTheHolderIsKilled() throws Exception {
        Files.createDirectories(file.getParent());
        // util-linux's flock(1) is the second opinion: same lock, another program.
        var holder = new ProcessBuilder("flock", file.toString(), "sh", "-c", "echo $$ > " + file + "; echo; exec cat")
                .start();
        try {
            assertEquals('\n', holder.getInputStream().read());
            var taken = assertInstanceOf(Attempt.Taken.class, AgentLock.acquire(file));
            assertTrue(taken.pid().isPresent());
        } finally {
            // Each of them holds the file, and the kernel takes its time to end them.
            for (var process : holder.descendants().toList()) {
                process.destroyForcibly();
                process.onExit().join();
            }
            holder.destroyForcibly().waitFor();
        }
        take().close();
    }

    @Test
    void saysWhyTheFileCannotBeMade() throws IOException {
        Path below = Files.writeString(folder.resolve("plain"), "").resolve("net-1.lock");
        assertThrows(IOException.class, () -> AgentLock.acquire(below));
        assertThrows(IOException.class, () -> AgentLock.acquire(folder));
    }

    private AgentLock take() throws IOException {
        return assertInstanceOf(Attempt.Held.class, AgentLock.acquire(file)).lock();
    }
}
