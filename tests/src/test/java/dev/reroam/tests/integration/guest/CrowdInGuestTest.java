package dev.reroam.tests.integration.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import dev.reroam.tests.integration.CrowdVerdict;
import dev.reroam.tests.integration.Lanes;
import dev.reroam.tests.integration.ShippedFlags;
import dev.reroam.tests.lab.CrowdRun;
import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A thousand peers on one device of kernel WireGuard, ten of them alive. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
class CrowdInGuestTest {

    // For a guest that hangs: how long it takes on a machine that has other work says nothing.
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final List<String> LAB_FLAGS = List.of(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-Xss256k", "-Djnr.ffi.asm.enabled=false");
    /** An emulated processor does one instruction in a nanosecond, and has no other beside it. */
    private static final int SLOWER = 4;

    @Tag("slow")
    @Test
    void healsTheLivingAndLeavesTheDeadAlone(@TempDir Path share) throws IOException, InterruptedException {
        var told = share.resolve("report");
        var arguments = List.of(told.toString(), "route-replaced", ShippedFlags.text());
        var result = VirtualMachine.prepare().run(Guest.java(CrowdProgram.class, LAB_FLAGS, arguments), share, LIMIT);
        assertEquals(0, result.exit(), result.output());
        CrowdVerdict.judge(new Gson().fromJson(Files.readString(told), CrowdRun.Report.class), SLOWER);
    }
}
