package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Keys of kernel WireGuard, which come as bytes over netlink. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.LONG_GUEST)
class SecretsInGuestTest {

    @TempDir
    Path share;

    @Tag("slow")
    @Test
    void areKeptNowhere() throws Exception {
        var said = GuestProgram.runYielding(SecretsProgram.class, share, ShippedFlags.text());
        assertTrue(said.contains("searched"), said);
    }
}
