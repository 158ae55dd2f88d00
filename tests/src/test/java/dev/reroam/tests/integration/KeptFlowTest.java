package dev.reroam.tests.integration;

import static dev.reroam.tests.lab.StuckFaults.FLOW_KEPT;
import static dev.reroam.tests.lab.StuckFaults.FLOW_KEPT_SILENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.StuckFaults;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * A flow that connection tracking goes on translating to the address of the uplink before, whoever left that. How fast is the
 * benchmark's question: here, networks are made meanwhile.
 */
@Tag("bed1")
class KeptFlowTest {

    private static final Duration HEALS = Duration.ofSeconds(9);
    private static final Duration UNAIDED = Duration.ofSeconds(5);
    private static final int WIDTH = 2;

    @TestFactory
    Stream<DynamicTest> agentForgetsTheFlow() {
        return SideBySide.tests(WIDTH, List.of(FLOW_KEPT), KeptFlowTest::withAgent, KeptFlowTest::assertHealed);
    }

    /** Once healed with nothing told: until that is understood it is of the long run. */
    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> agentForgetsTheFlowOfASilentUplink() {
        return SideBySide.tests(WIDTH, List.of(FLOW_KEPT_SILENT), KeptFlowTest::withAgent, KeptFlowTest::assertHealed);
    }

    @TestFactory
    Stream<DynamicTest> unaidedItStaysDown() {
        return SideBySide.tests(
                WIDTH,
                List.of(FLOW_KEPT),
                fault -> new Experiment(fault, Plan.standard(), Remedy.NONE, UNAIDED).run(),
                report -> assertTrue(report.outage().healedAfter().isEmpty(), () -> "healed: " + report.outage()));
    }

    private static Experiment.Report withAgent(Fault fault) {
        return new Experiment(fault, Plan.standard(), StuckFaults.told(ShippedFlags.agent()), HEALS).run();
    }

    private static void assertHealed(Experiment.Report report) {
        assertTrue(
                report.outage().healedAfter().isPresent(), () -> "not healed: " + report.outage() + report.timeline());
        assertTrue(
                report.timeline().stream().anyMatch(entry -> entry.what().contains("conntrack of")),
                () -> "" + report.timeline());
        assertEquals(report.before(), report.after());
    }
}
