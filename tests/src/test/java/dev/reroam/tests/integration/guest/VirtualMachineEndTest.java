package dev.reroam.tests.integration.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.integration.Lanes;
import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Nothing is left of a guest that did not come to its own end. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
final class VirtualMachineEndTest {

    private static final Duration PLENTY = Duration.ofMinutes(2);
    private static final int SOON_SECONDS = 10;

    @TempDir
    private Path share;

    @Test
    void tellsItsLastWordsWhenItEndsWithoutAnExitStatus() {
        var failure = assertThrows(
                IOException.class,
                () -> VirtualMachine.prepare()
                        .run(List.of("sh", "-c", "echo o >/proc/sysrq-trigger; sleep 60"), share, PLENTY));
        assertTrue(failure.getMessage().contains("reboot: Power down"), failure.getMessage());
    }

    @Test
    void stopsAtTheLimit() throws IOException, InterruptedException {
        var machine = VirtualMachine.prepare();
        var start = Clock.system().monotonicNanos();
        assertThrows(IOException.class, () -> machine.run(List.of("sleep", "600"), share, Duration.ofSeconds(2)));
        var took = Duration.ofNanos(Clock.system().monotonicNanos() - start);
        assertTrue(took.toSeconds() < SOON_SECONDS, took.toString());
        assertEquals(List.of(), machinesBelow(ProcessHandle.current()));
    }

    @Test
    void diesWithItsStarterEvenWhereThatIsKilled() throws Exception {
        var starter = new ProcessBuilder(Guest.java(Starter.class, List.of("-Xmx24m"), List.of(share.toString())))
                .inheritIO()
                .start();
        try (var watch = share.getFileSystem().newWatchService()) {
            share.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            while (!Files.exists(share.resolve("running"))) {
                var seen = watch.poll(PLENTY.toSeconds(), TimeUnit.SECONDS);
                assertNotNull(seen, "the guest did not start");
                seen.reset();
            }
            var machines = machinesBelow(starter.toHandle());
            assertEquals(1, machines.size());
            starter.destroyForcibly();
            machines.getFirst().onExit().get(SOON_SECONDS, TimeUnit.SECONDS);
        } finally {
            starter.destroyForcibly();
        }
    }

    /** Another JVM that starts a guest which would run for ten minutes. */
    static final class Starter {
        private Starter() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            VirtualMachine.prepare()
                    .run(
                            List.of("sh", "-c", "echo >running; sleep 600"),
                            Path.of(arguments[0]),
                            Duration.ofMinutes(10));
        }
    }

    /** Those of this test only: others run beside it. */
    private List<ProcessHandle> machinesBelow(ProcessHandle process) {
        return process.descendants()
                .filter(child -> child.info().command().orElse("").contains("qemu")
                        && child.info().commandLine().orElse("").contains(share.toString()))
                .toList();
    }
}
