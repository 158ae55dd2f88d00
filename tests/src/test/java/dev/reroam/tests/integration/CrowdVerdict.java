package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.CrowdRun;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What must have come of a fault on a router with a thousand peers, on either kind of WireGuard. */
public final class CrowdVerdict {

    // Without the agent 15 s. With it some 50 to 70 ms in bed 1; here the machine may have much else to do.
    private static final long HEALS_MILLIS = 3000;
    /** A tenth of a processor, over the ten seconds in which it heals and reads the device again and again. */
    private static final long COMPUTES_MILLIS = 1000;

    private CrowdVerdict() {}

    /** @param slower how many times as long as on this machine a computation takes there */
    public static void judge(CrowdRun.Report report, int slower) {
        System.out.println(report);
        assertTrue(report.alive(), report::log);
        assertEquals(CrowdRun.LIVING, report.healed().size());
        assertTrue(
                report.healed().stream().allMatch(millis -> millis >= 0 && millis <= HEALS_MILLIS),
                () -> "healed after " + report.healed() + " ms: " + report.steps());
        assertEquals(Collections.nCopies(CrowdRun.LIVING, "carrying"), report.statesOfLiving());
        // Nobody needs a person, nobody is waited for.
        assertEquals(
                Map.of("carrying", (long) CrowdRun.LIVING, "asleep", (long) CrowdRun.SILENT + CrowdRun.KEPT_ALIVE),
                report.states());
        assertEquals(List.of(), report.changedSettings());
        assertEquals(0, report.silentBefore(), "the lab itself called a dead peer");
        assertEquals(0, report.silentAfter(), "a dead peer was called");
        // WireGuard calls each every 5 s; one call more falls into one of two equal times than into the other.
        assertTrue(report.keptAliveBefore() > 0, "nothing was counted at all");
        assertTrue(
                report.keptAliveAfter() <= report.keptAliveBefore() + CrowdRun.KEPT_ALIVE,
                () -> report.keptAliveBefore() + " calls became " + report.keptAliveAfter());
        assertTrue(
                report.processorAfter() - report.processorBefore() <= COMPUTES_MILLIS * slower,
                () -> "computed for " + report.processorAfter() + " ms, at rest " + report.processorBefore());
    }
}
