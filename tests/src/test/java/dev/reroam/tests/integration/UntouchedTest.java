package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Hub;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.QuietRouter;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What carries, or is merely quiet, is left as it is. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
class UntouchedTest {

    @ParameterizedTest(name = "keepalive {0}")
    @ValueSource(ints = {0, 25})
    void quietTunnelComesThroughTwentyRouteSwaps(int keepalive) {
        var report = QuietRouter.swapRoutes(
                Plan.standard().withKeepalive(keepalive), AgentRemedy.find().orElseThrow(), 20);
        assertEquals(report.before(), report.after());
        assertEquals(List.of(), report.touched());
        assertEquals(List.of("carrying"), List.copyOf(report.states().values()));
        assertTrue(report.steps().stream().anyMatch(step -> step.startsWith("refresh ")), "nothing was done at all");
    }

    @Test
    void carryingTunnelIsLeftAloneWhateverElseChanges() {
        var report = QuietRouter.changeOtherThings(
                Plan.standard(), AgentRemedy.find().orElseThrow(), 10);
        assertEquals(List.of(), report.touched());
        assertEquals(List.of("carrying"), List.copyOf(report.states().values()));
    }

    @Test
    void hubProvesTheAffectedAndLeavesTheOthersAlone() {
        var report = QuietRouter.moveHub(Plan.standard(), AgentRemedy.find().orElseThrow(), 7);
        Hub hub = report.hub();
        assertEquals(report.before(), report.after());
        assertEquals(List.of(), report.touched());
        assertEquals("carrying", report.states().get(hub.answering()));
        assertEquals("waiting_for_the_peer", report.states().get(hub.filtered()));
        for (String away : hub.away()) {
            assertEquals("asleep", report.states().get(away));
            assertEquals(0, report.sentBytes().get(away), "something was sent to a peer that is away");
        }
        assertFalse(report.states().containsValue("needs_a_person"));
    }
}
