package dev.reroam.tunnel.wireguard.act;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Clock;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import io.netty.channel.DefaultEventLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerRestartTest {

    private static final long SOON_SECONDS = 20;
    private static final Action.RestartOwner ASKED = new Action.RestartOwner(
            1, new DeviceFacts("wg0", 7, DeviceKind.KERNEL, "key", 40_000, 0, PortUse.FIXED, true));

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final ExecutorService lane = Executors.newSingleThreadExecutor();

    @TempDir
    Path folder;

    @AfterEach
    void end() throws Exception {
        lane.shutdownNow();
        loop.shutdownGracefully(0, SOON_SECONDS, TimeUnit.SECONDS).get(SOON_SECONDS, TimeUnit.SECONDS);
    }

    private RepairOutcome perform(boolean wanted, Duration longest, List<List<String>> commands) throws Exception {
        var outcome = new CompletableFuture<RepairOutcome>();
        var restart = new OwnerRestart(loop, lane, Clock.system(), folder.resolve("log"), longest, device -> {
            assertEquals("wg0", device);
            return commands;
        });
        loop.execute(() -> restart.perform(ASKED, () -> wanted, outcome::complete));
        return outcome.get(SOON_SECONDS, TimeUnit.SECONDS);
    }

    private RepairOutcome perform(List<List<String>> commands) throws Exception {
        return perform(true, Duration.ofMinutes(1), commands);
    }

    private List<String> says(String script) {
        return List.of("sh", "-c", script);
    }

    @Test
    void oneAfterTheOtherAndOnlyTheLastMustSucceed() throws Exception {
        var told = folder.resolve("told");
        var outcome = perform(List.of(says("echo down >>" + told + "; exit 1"), says("echo up >>" + told)));
        assertEquals(new RepairOutcome.Done(), outcome);
        assertEquals("down\nup\n", Files.readString(told));
    }

    @Test
    void whatItSaidLastIsToldWhereItFails() throws Exception {
        var refused = assertInstanceOf(
                RepairOutcome.Refused.class,
                perform(List.of(
                        says("echo fine; for i in $(seq 1000); do echo $i; done; echo no such unit >&2; exit 5"))));
        assertEquals("exit 5", refused.errno());
        assertTrue(refused.message().endsWith("1000; no such unit"), refused::message);
        assertTrue(refused.message().length() < 1000, refused::message);
    }

    @Test
    void aProgramThatIsNotThereIsNamed() throws Exception {
        var refused =
                assertInstanceOf(RepairOutcome.Refused.class, perform(List.of(List.of("/no/such/program", "restart"))));
        assertEquals("'/no/such/program restart'", refused.operation());
        assertEquals("exit 127", refused.errno());
    }

    @Test
    void wordsAreNotAShells() throws Exception {
        var made = folder.resolve("made");
        assertEquals(
                new RepairOutcome.Done(),
                perform(List.of(List.of("echo", "$(touch " + made + ")", "; touch " + made))));
        assertFalse(Files.exists(made));
        assertEquals("$(touch " + made + ") ; touch " + made + "\n", Files.readString(folder.resolve("log")));
    }

    @Test
    void oneThatHangsIsEndedWithAllThatItStarted() throws Exception {
        var numbers = folder.resolve("numbers");
        var refused = assertInstanceOf(
                RepairOutcome.Refused.class,
                perform(
                        true,
                        Duration.ofMillis(500),
                        List.of(says("echo $$ >" + numbers + "; sleep 1000 & echo $! >>" + numbers + "; wait"))));
        assertEquals("ETIMEDOUT", refused.errno());
        for (var number : Files.readAllLines(numbers)) {
            var left = ProcessHandle.of(Long.parseLong(number));
            if (left.isPresent()) {
                left.get().onExit().get(SOON_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void nothingIsDoneThatNobodyWantsAnyMore() throws Exception {
        var made = folder.resolve("made");
        assertEquals(
                new RepairOutcome.NotWanted(),
                perform(false, Duration.ofMinutes(1), List.of(List.of("touch", made.toString()))));
        assertFalse(Files.exists(made));
    }

    @Test
    void oneThatNobodyRestartsNeedsNothing() throws Exception {
        assertInstanceOf(RepairOutcome.NotNeeded.class, perform(List.of()));
    }
}
