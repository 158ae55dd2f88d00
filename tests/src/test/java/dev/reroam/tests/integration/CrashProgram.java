package dev.reroam.tests.integration;

import dev.reroam.tests.integration.CrashSite.Climb;
import dev.reroam.tests.integration.CrashSweep.Murder;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.WireGuardKind;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program that kills agents in the guest, in the middle of repairs of kernel WireGuard. */
final class CrashProgram {

    /** In percent: there is no time to record a second repair and to leave out what does not come in both. */
    private static final int COME = 50;

    private CrashProgram() {}

    /**
     * Prints what came of it, and fails where a crash left something. Arguments: the flags of the agent's JVM; a file with
     * which the outside says that time is up; how many sites at once; then {@code refresh}, or the thread and the part of a
     * climb.
     */
    public static void main(String[] arguments) throws Exception {
        var agent = AgentRemedy.find(arguments[0]).orElseThrow();
        var plan = Plan.standard().withWireguard(WireGuardKind.KERNEL);
        var enough = Path.of(arguments[1]);
        boolean refresh = arguments[3].equals("refresh");
        Murder murder = refresh
                ? (site, call) -> site.duringRefresh(call, false)
                : (site, call) -> site.whileClimbing(arguments[3], Climb.valueOf(arguments[4]), call);
        int lanes = Integer.parseInt(arguments[2]);
        var outcome = new CrashSweep(plan, refresh, agent, murder, lanes, Integer.MAX_VALUE, () -> Files.exists(enough))
                .run();
        System.out.println(outcome);
        outcome.check(COME);
    }
}
