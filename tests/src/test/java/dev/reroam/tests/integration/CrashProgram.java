package dev.reroam.tests.integration;

import dev.reroam.tests.integration.CrashSite.Climb;
import dev.reroam.tests.integration.CrashSweep.Murder;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.WireGuardKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/** The program that kills agents in the guest, in the middle of repairs of kernel WireGuard. */
final class CrashProgram {

    /** In percent of those that came in two repairs before. */
    private static final int COME = 80;
    /** Most of a climb is waiting: so many repairs at once share the emulated processor. */
    private static final int AT_ONCE = 4;

    private CrashProgram() {}

    /**
     * Prints what came of it, and fails where a crash left something. Arguments: the flags of the agent's JVM; then {@code
     * refresh}, and the threads and parts of a climb, as {@code agent REBIND}.
     */
    public static void main(String[] arguments) throws Exception {
        var agent = AgentRemedy.find(arguments[0]).orElseThrow();
        var parts = new LinkedHashMap<String, Future<CrashSweep.Outcome>>();
        try (var executor = Executors.newFixedThreadPool(AT_ONCE)) {
            for (String part : List.of(arguments).subList(1, arguments.length)) {
                parts.put(part, executor.submit(sweep(part.split(" ", -1), agent)));
            }
            for (var part : parts.entrySet()) {
                System.out.println(part.getKey() + ": " + part.getValue().get());
            }
        }
        for (var outcome : parts.values()) {
            outcome.get().check(COME);
        }
    }

    private static Callable<CrashSweep.Outcome> sweep(String[] part, AgentRemedy agent) {
        var plan = Plan.standard().withWireguard(WireGuardKind.KERNEL);
        boolean refresh = part.length == 1;
        Murder murder = refresh
                ? (site, call) -> site.duringRefresh(call, false)
                : (site, call) -> site.whileClimbing(part[0], Climb.valueOf(part[1]), call);
        // What else is done is done by the same code, and leaves the same, as with wireguard-go.
        Predicate<String> where = what -> what.contains(refresh || part[0].equals(CrashSite.LOOP) ? "wireguard" : "");
        return () -> new CrashSweep(plan, refresh, agent, murder, where, 1, Integer.MAX_VALUE).run();
    }
}
