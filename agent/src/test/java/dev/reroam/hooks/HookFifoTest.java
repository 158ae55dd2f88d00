package dev.reroam.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.hooks.HookEvent.Mwan3;
import dev.reroam.hooks.HookEvent.Resume;
import dev.reroam.linux.libc.Libc;
import dev.reroam.tunnel.wireguard.TestLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The FIFO with a real loop, and shells that write into it as hooks do. */
@Timeout(60)
class HookFifoTest {

    @TempDir
    Path folder;

    private final LinkedBlockingQueue<HookEvent> heard = new LinkedBlockingQueue<>();

    private Path path() {
        return folder.resolve("run/events");
    }

    private HookFifo open(TestLoop loop) throws Exception {
        return loop.on(() -> HookFifo.open(path(), loop.descriptors(), heard::add));
    }

    private void close(TestLoop loop, HookFifo fifo) throws Exception {
        loop.on(() -> {
            fifo.close();
            return true;
        });
    }

    /** What the readme tells hooks to do; its exit code. */
    private int hook(String line) throws Exception {
        return sh("[ -p " + path() + " ] && echo '" + line + "' 1<>" + path());
    }

    private static int sh(String script) throws Exception {
        var shell = new ProcessBuilder("sh", "-c", script).inheritIO().start();
        assertTrue(shell.waitFor(20, TimeUnit.SECONDS), "it blocks");
        return shell.exitValue();
    }

    private HookEvent next() throws Exception {
        return Optional.ofNullable(heard.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }

    @ParameterizedTest(name = "poll(2): {0}")
    @ValueSource(booleans = {false, true})
    void whatHooksWriteIsHeard(boolean poll) throws Exception {
        try (var loop = new TestLoop(poll)) {
            var fifo = open(loop);
            assertEquals(0, hook("mwan3 disconnected wan eth1"));
            assertEquals(new Mwan3(false, "wan", Optional.of("eth1")), next());
            assertEquals(0, sh("echo resume >" + path()));
            assertEquals(new Resume(), next());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
            close(loop, fifo);
            assertFalse(Files.exists(path()));
        }
    }

    @Test
    void garbageIsDroppedAndCountedAndDoesNotHideWhatFollows() throws Exception {
        try (var loop = new TestLoop()) {
            var fifo = open(loop);
            assertEquals(0, sh("head -c 100000 /dev/zero | tr '\\0' x >" + path() + "; echo >" + path()));
            assertEquals(0, hook("what is this"));
            assertEquals(0, hook("resume"));
            assertEquals(new Resume(), next());
            assertEquals(2, loop.on(fifo::dropped));
            close(loop, fifo);
        }
    }

    @Test
    void aHookDoesNotBlockWhenNoAgentRuns() throws Exception {
        assertEquals(1, hook("resume"), "there is no FIFO");
        try (var loop = new TestLoop()) {
            Files.createDirectories(path().getParent());
            assertEquals(0, Libc.mkfifo(path().toString(), 0600), "a crashed agent has left it");
            assertEquals(0, hook("resume"), "nobody reads");
            var fifo = open(loop);
            assertEquals(0, hook("mwan3 connected wan"));
            assertEquals(new Mwan3(true, "wan", Optional.empty()), next(), "the left one was taken over");
            close(loop, fifo);
        }
    }

    @Test
    void aHookDoesNotBlockWhileTheAgentIsBusy() throws Exception {
        try (var loop = new TestLoop()) {
            var fifo = open(loop);
            loop.on(() -> {
                for (int i = 0; i < 20; i++) {
                    assertEquals(0, hook("resume"));
                }
                return true;
            });
            for (int i = 0; i < 20; i++) {
                assertEquals(new Resume(), next());
            }
            close(loop, fifo);
        }
    }

    private void assertRefused(TestLoop loop, String why) {
        var thrown = assertThrows(java.util.concurrent.ExecutionException.class, () -> open(loop));
        var foreign = (HookFifo.ForeignFileException) thrown.getCause();
        assertEquals(path() + " " + why + ": remove it, so that hooks can be heard", foreign.getMessage());
    }

    @Test
    void aForeignFileIsRefusedAndLeft() throws Exception {
        Files.createDirectories(path().getParent());
        try (var loop = new TestLoop()) {
            Files.writeString(path(), "mine");
            assertRefused(loop, "is no FIFO");
            assertEquals("mine", Files.readString(path()));
            Files.delete(path());

            assertEquals(0, Libc.mkfifo(folder.resolve("elsewhere").toString(), 0600));
            Files.createSymbolicLink(path(), folder.resolve("elsewhere"));
            assertRefused(loop, "is no FIFO");
            Files.delete(path());

            assertEquals(0, Libc.mkfifo(path().toString(), 0600));
            Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw--w----"));
            assertRefused(loop, "can be written by others");
            Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));

            Files.setAttribute(path(), "unix:uid", 65_534);
            assertRefused(loop, "belongs to user 65534");
        }
    }
}
