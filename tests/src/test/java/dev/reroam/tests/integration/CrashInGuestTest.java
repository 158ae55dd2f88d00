package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.VirtualMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * {@code kill -9} at every system call of a repair that changes a device of the kernel's, and of what is written down for a
 * rebind, which only these need in two steps: after the next start port, keepalive, peers and endpoints are as before,
 * and the tunnel carries. What repairs do besides is the same on wireguard-go, and there {@link CrashAtEveryCallTest} kills at
 * every call; a crash and what follows take half a minute of an emulated processor.
 */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.LONG_GUEST)
class CrashInGuestTest {

    // By this machine's clock, which may have much else to do.
    private static final Duration LIMIT = Duration.ofMinutes(70);
    // A rebind of kernel WireGuard takes two messages, and between them the port is another.
    private static final List<String> PARTS =
            List.of("agent NEW_PORT", "agent RESTORE", "slow-lane REBIND", "agent REBIND", "refresh");

    @TempDir
    Path share;

    @Tag("slow")
    @Test
    void leavesNothingBehind() throws IOException, InterruptedException {
        var arguments =
                Stream.concat(Stream.of(ShippedFlags.text()), PARTS.stream()).toList();
        var result = VirtualMachine.prepare()
                .yielding()
                .run(Guest.java(CrashProgram.class, Guest.JVM_FLAGS, arguments), share, LIMIT);
        System.out.println(result.output());
        assertEquals(0, result.exit(), result.output());
    }
}
