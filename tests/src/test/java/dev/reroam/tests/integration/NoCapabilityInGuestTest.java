package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What {@link NoCapabilityTest} has of wireguard-go, of a device of the kernel's, which tells nothing without CAP_NET_ADMIN. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.LONG_GUEST)
class NoCapabilityInGuestTest {

    @TempDir
    Path share;

    @Tag("slow")
    @Test
    void listsTheDeviceAndFollowsTheNetwork() throws Exception {
        var said = GuestProgram.runYielding(NoCapabilityProgram.class, share, ShippedFlags.text());
        assertTrue(
                said.contains("{\"name\":\"CAP_NET_ADMIN\",\"costs\":\"kernel WireGuard cannot be read or repaired"),
                said);
    }
}
