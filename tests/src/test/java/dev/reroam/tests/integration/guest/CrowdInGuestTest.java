package dev.reroam.tests.integration.guest;

import com.google.gson.Gson;
import dev.reroam.tests.integration.CrowdVerdict;
import dev.reroam.tests.integration.GuestProgram;
import dev.reroam.tests.integration.Lanes;
import dev.reroam.tests.integration.ShippedFlags;
import dev.reroam.tests.lab.CrowdRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A thousand peers on one device of kernel WireGuard, ten of them alive. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.LONG_GUEST)
class CrowdInGuestTest {

    /** An emulated processor does one instruction in a nanosecond, and has no other beside it. */
    private static final int SLOWER = 4;

    @Tag("slow")
    @Test
    void healsTheLivingAndLeavesTheDeadAlone(@TempDir Path share) throws IOException, InterruptedException {
        var told = share.resolve("report");
        GuestProgram.runYielding(CrowdProgram.class, share, told.toString(), "route-replaced", ShippedFlags.text());
        CrowdVerdict.judge(new Gson().fromJson(Files.readString(told), CrowdRun.Report.class), SLOWER);
    }
}
