package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
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

    @TempDir
    Path share;

    @Tag("slow")
    @Test
    void tunnelsThatAnEntryHoldsAreHealed() throws Exception {
        var said = GuestProgram.run(StuckFlowProgram.class, share);
        assertEquals(
                List.of("played=dead_uplink", "played=rewritten_port", "played=healthy_V4", "played=healthy_V6"),
                said.lines().filter(line -> line.startsWith("played=")).toList(),
                said);
    }
}
