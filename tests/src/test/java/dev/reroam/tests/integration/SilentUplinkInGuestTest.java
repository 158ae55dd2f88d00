package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.tests.lab.SilentFaults;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** An uplink that is dead and looks alive, with kernel WireGuard on Debian's kernel: the agent leaves it there too. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
class SilentUplinkInGuestTest {

    @TempDir
    Path share;

    @Tag("slow")
    @Test
    void agentLeavesTheUplink() throws Exception {
        var said = GuestProgram.run(SilentUplinkProgram.class, share, ShippedFlags.text());
        assertEquals(
                SilentFaults.ALL.stream().map(fault -> "left=" + fault.name()).toList(),
                said.lines().filter(line -> line.startsWith("left=")).toList(),
                said);
    }
}
