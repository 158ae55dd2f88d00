package dev.reroam.tests.integration;

import static dev.reroam.tests.lab.SilentFaults.UPLINK_SILENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.SilentFaults;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * An uplink that is dead and looks alive, beside one that is fine, and nobody who fails over. How fast is the benchmark's
 * question: here, networks are made meanwhile.
 */
@Tag("bed1")
class SilentUplinkTest {

    private static final int INTERVAL_SECONDS = 5;
    // One that still delivers is found by its servers' silence: the interval, a tenth more by its jitter, and the
    // verdict.
    private static final Duration HEALS = Duration.ofSeconds(9);
    private static final Duration UNAIDED = Duration.ofSeconds(5);
    private static final int WIDTH = 2;

    @TestFactory
    Stream<DynamicTest> agentLeavesTheUplink() {
        return SideBySide.tests(WIDTH, SilentFaults.ALL, SilentUplinkTest::withAgent, SilentUplinkTest::assertHealed);
    }

    @TestFactory
    Stream<DynamicTest> unaidedItStaysDown() {
        return SideBySide.tests(
                WIDTH,
                List.of(UPLINK_SILENT),
                fault -> new Experiment(fault, Plan.standard(), Remedy.NONE, UNAIDED).run(),
                report -> assertTrue(report.outage().healedAfter().isEmpty(), () -> "healed: " + report.outage()));
    }

    private static Experiment.Report withAgent(Fault fault) {
        return new Experiment(
                        fault, Plan.standard(), SilentFaults.told(ShippedFlags.agent(), fault, INTERVAL_SECONDS), HEALS)
                .run();
    }

    private static void assertHealed(Experiment.Report report) {
        assertTrue(
                report.outage().healedAfter().isPresent(), () -> "not healed: " + report.outage() + report.timeline());
        assertTrue(
                report.timeline().stream().anyMatch(entry -> entry.what().contains("steer")),
                () -> "" + report.timeline());
        if (report.fault().equals(SilentFaults.UPLINK_SILENT_SERVERS)) {
            // What is dead lies beyond it.
            assertTrue(
                    report.timeline().stream().anyMatch(entry -> entry.what().contains("its gateway answers")),
                    () -> "" + report.timeline());
        }
        assertEquals(report.before(), report.after());
    }
}
