package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} at the system calls of a repair of kernel WireGuard, in the guest: after the next start port, keepalive,
 * peers and endpoints are as before, and the tunnel carries.
 *
 * <p>A crash and what follows take 10 s and more of an emulated processor, so this is a sample: each part has a time of its
 * own, nine minutes together, and tries what fits in, but four calls at least however slow the machine is. The calls come
 * in an order of which each beginning is spread over the whole repair; how many were tried, and of how many, is printed.
 * {@link CrashAtEveryCallTest} tries many more, on wireguard-go.
 */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.LONG_GUEST)
class CrashInGuestTest {

    // By this machine's clock, which may have much else to do: what is begun is brought to its end.
    private static final Duration LIMIT = Duration.ofMinutes(45);

    // A rebind of kernel WireGuard takes two messages, and between them the port is another.
    @Tag("slow")
    @ParameterizedTest(name = "{2}")
    @CsvSource({
        "100, 2, refresh",
        "60, 3, agent REBIND",
        "60, 3, agent NEW_PORT",
        "60, 3, agent RESTORE",
        "60, 3, agent KEEP",
        "60, 3, slow-lane REBIND",
        "60, 3, slow-lane NEW_PORT",
        "60, 3, slow-lane KEEP",
    })
    void leavesNothingBehind(int seconds, int lanes, String where, @TempDir Path share)
            throws IOException, InterruptedException {
        var enough = share.resolve("enough");
        var arguments = new ArrayList<>(List.of(ShippedFlags.text(), enough.toString(), Integer.toString(lanes)));
        arguments.addAll(List.of(where.split(" ", -1)));
        var machine = VirtualMachine.prepare().yielding();
        try (var clock = Executors.newSingleThreadScheduledExecutor()) {
            clock.schedule(() -> Files.createFile(enough), seconds, TimeUnit.SECONDS);
            clock.shutdown();
            var result = machine.run(Guest.java(CrashProgram.class, Guest.JVM_FLAGS, arguments), share, LIMIT);
            clock.shutdownNow();
            System.out.println(where + ":\n" + result.output());
            assertEquals(0, result.exit(), result.output());
        }
    }
}
