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

/** What {@code see} and {@code act} say and do of kernel WireGuard, held against {@code wg} in the guest. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
class WireGuardKernelTest {

    @TempDir
    Path share;

    @Test
    void seesAndRepairsKernelWireGuard() throws Exception {
        var said = GuestProgram.run(WireGuardKernelProgram.class, share);
        assertEquals(
                List.of(
                        "kind",
                        "key",
                        "port",
                        "mark",
                        "peer",
                        "endpoint",
                        "handshake",
                        "differences_only",
                        "rehearsal",
                        "rehearsal_without_trace",
                        "refresh_25",
                        "arrives_25",
                        "as_it_was_25",
                        "refresh_0",
                        "arrives_0",
                        "as_it_was_0",
                        "refresh_without_peers",
                        "leaves_the_mark",
                        "no_ledger",
                        "rebind",
                        "same_port",
                        "other_sockets",
                        "written_down",
                        "struck_out",
                        "new_port",
                        "other_port",
                        "restored",
                        "undone",
                        "endpoint_V4",
                        "stays_V4",
                        "back_V4",
                        "endpoint_V6",
                        "stays_V6",
                        "back_V6",
                        "peer_vanished",
                        "stays_away",
                        "device_vanished",
                        "gone"),
                said.lines()
                        .filter(line -> line.endsWith("=true"))
                        .map(line -> line.substring(0, line.indexOf('=')))
                        .toList(),
                said);
    }
}
