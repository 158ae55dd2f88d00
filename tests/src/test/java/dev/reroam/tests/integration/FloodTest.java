package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.FloodFault;
import dev.reroam.tests.lab.Plan;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A router whose tables a routing daemon fills and empties all the time. How fast it heals is the benchmark's question. */
@Tag("bed1")
class FloodTest {

    private static final int ROUTES = 5_000;
    private static final Duration HEALS = Duration.ofSeconds(3);

    @Test
    void healsAFailoverInTheMiddleOfARouteFlood() {
        var report = new Experiment(FloodFault.of(ROUTES), Plan.standard(), ShippedFlags.agent(), HEALS).run();
        assertTrue(
                report.outage().healedAfter().isPresent(), () -> "not healed: " + report.outage() + report.timeline());
        assertEquals(report.before(), report.after());
    }
}
