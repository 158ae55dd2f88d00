package dev.reroam.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system that is full, then read-only: a small tmpfs in a mount namespace of a child's own. Needs root. */
class FullDiskTest {

    @TempDir
    Path directory;

    @Test
    void changesAreRefusedWhileTheDiskIsFullOrReadOnlyAndTakenAfterwards() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        java,
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("""
                taken
                full: refused
                room again: taken
                read-only: refused
                writable again: taken
                reopened: 2 to undo, 0 findings
                """, said);
        assertEquals(0, process.waitFor());
    }

    /** Runs in the namespace. */
    static final class Child {
        public static void main(String[] args) throws Exception {
            Path disk = Path.of(args[0]);
            run("mount", "-t", "tmpfs", "-o", "size=32k", "none", disk.toString());
            Ledger ledger = LedgerFile.open(disk.resolve("state"), Runnable::run, Runnable::run)
                    .ledger();
            say("", ledger.remember(LedgerTest.BEFORE));
            Path filler = disk.resolve("filler");
            fill(filler);
            // A page of the file is there already and takes some lines more.
            for (int i = 0; i < 100; i++) {
                ledger.remember(LedgerTest.BEFORE.to(40000 + i));
            }
            say("full: ", ledger.remember(LedgerTest.REBIND));
            Files.delete(filler);
            say("room again: ", ledger.remember(LedgerTest.REBIND));
            run("mount", "-o", "remount,ro", disk.toString());
            say("read-only: ", ledger.forget(LedgerTest.REBIND));
            run("mount", "-o", "remount,rw", disk.toString());
            say("writable again: ", ledger.remember(LedgerTest.BEFORE.to(1234)));
            var opened = LedgerFile.open(disk.resolve("state"), Runnable::run, Runnable::run);
            System.out.println("reopened: " + opened.toUndo().size() + " to undo, "
                    + opened.findings().size() + " findings");
        }

        private static void say(String when, CompletionStage<Void> stage) {
            try {
                stage.toCompletableFuture().join();
                System.out.println(when + "taken");
            } catch (CompletionException e) {
                System.out.println(when + (e.getCause() instanceof LedgerException ? "refused" : "a bug: " + e));
            }
        }

        private static void fill(Path filler) throws IOException {
            try (var out = Files.newOutputStream(filler)) {
                while (true) {
                    out.write(new byte[4096]);
                }
            } catch (IOException full) {
                // Safe: that is what it is for.
            }
        }

        private static void run(String... command) throws IOException, InterruptedException {
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new IOException(List.of(command) + " ended with " + status);
            }
        }
    }
}
