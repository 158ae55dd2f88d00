package dev.reroam.tests.integration.guest;

import com.google.gson.Gson;
import dev.reroam.tests.lab.CrowdRun;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.WireGuardKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program that the test beside it runs in the guest. */
final class CrowdProgram {

    private CrowdProgram() {}

    /** Arguments: the file to leave the report in, the fault's name, the flags of the agent's JVM. */
    public static void main(String[] arguments) throws IOException {
        var report = CrowdRun.run(
                Plan.standard().withWireguard(WireGuardKind.KERNEL),
                Faults.named(arguments[1]).orElseThrow(),
                arguments[2]);
        Files.writeString(Path.of(arguments[0]), new Gson().toJson(report));
    }
}
