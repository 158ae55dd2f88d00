package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.VirtualMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Entries of connection tracking that a tunnel's own retries keep alive, on kernel WireGuard and Debian's kernel. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
class StuckFlowInGuestTest {

    // For a guest that hangs: how long it takes on a machine that has other work says nothing.
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-Xss256k", "-Djnr.ffi.asm.enabled=false");

    @TempDir
    Path share;

    @Tag("slow")
    @Test
    void tunnelsThatAnEntryHoldsAreHealed() throws Exception {
        var result = VirtualMachine.prepare().run(Guest.java(StuckFlowProgram.class, FLAGS, List.of()), share, LIMIT);
        assertEquals(0, result.exit(), result.output());
        assertEquals(
                List.of("played=dead_uplink", "played=rewritten_port", "played=healthy_V4", "played=healthy_V6"),
                result.output()
                        .lines()
                        .filter(line -> line.startsWith("played="))
                        .toList(),
                result.output());
    }
}
