package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.QuietRouter.Report;
import dev.reroam.tests.lab.QuietRun;
import java.util.List;
import java.util.Set;

/** What must hold after a run in which nothing may be touched, on whatever WireGuard. */
public final class UntouchedVerdict {

    private UntouchedVerdict() {}

    /** Fails where something was touched, or where nothing happened that could have touched it. */
    public static void judge(QuietRun run, Report report) {
        assertEquals(report.before(), report.after());
        assertEquals(List.of(), report.touched());
        switch (run) {
            case KEEPALIVE_0, KEEPALIVE_25 -> refreshed(report);
            case ONLY_SUBNETS -> {
                refreshed(report);
                // The table's column for what cannot be asked: elsewhere an answer is owed, and waited for.
                assertTrue(said(report, "quiet: "), () -> "not taken for quiet: " + report.steps());
            }
            case OTHER_THINGS ->
                assertEquals(Set.of("carrying"), Set.copyOf(report.states().values()));
            case HUB -> onlyTheAffected(report);
        }
    }

    private static void refreshed(Report report) {
        assertEquals(List.of("carrying"), List.copyOf(report.states().values()));
        assertTrue(said(report, "refresh "), "nothing was done at all");
    }

    private static boolean said(Report report, String beginning) {
        return report.steps().stream().anyMatch(step -> step.startsWith(beginning));
    }

    private static void onlyTheAffected(Report report) {
        var hub = report.hub();
        assertEquals("carrying", report.states().get(hub.answering()));
        assertEquals("waiting_for_the_peer", report.states().get(hub.filtered()));
        for (String away : hub.away()) {
            assertEquals("asleep", report.states().get(away));
            assertEquals(0, report.sentBytes().get(away), "something was sent to a peer that is away");
        }
    }
}
