package dev.reroam.tests.integration;

import static dev.reroam.tests.lab.UpstreamFaults.ROUTER_ANNOUNCES;
import static dev.reroam.tests.lab.UpstreamFaults.ROUTER_FAILS_OVER;
import static dev.reroam.tests.lab.UpstreamFaults.ROUTER_FAILS_OVER_BUSY;
import static dev.reroam.tests.lab.UpstreamFaults.ROUTER_KEEPS_MAPPINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.UpstreamFaults;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * A NAS behind a router that fails over: its kernel sees nothing, its gateway or a STUN server does. How fast is the
 * benchmark's question: here, networks are made meanwhile.
 */
@Tag("bed1")
class UpstreamInLabTest {

    private static final int INTERVAL_SECONDS = 5;
    private static final int SELDOM_SECONDS = 3600;
    private static final Duration HEALS = Duration.ofSeconds(3);
    // A tenth more of the interval by its jitter, and two questions to each of two servers.
    private static final Duration SEES = Duration.ofSeconds(9);
    private static final Duration UNAIDED = Duration.ofSeconds(5);
    private static final int WIDTH = 3;

    @TestFactory
    Stream<DynamicTest> agentHealsAtOnceWhereTheGatewayOrTrafficSaysSo() {
        return SideBySide.tests(
                WIDTH,
                List.of(ROUTER_ANNOUNCES, ROUTER_FAILS_OVER_BUSY),
                // Nobody asks by himself so soon: it is the announcement, or the traffic, that says so.
                fault -> withAgent(fault, SELDOM_SECONDS, HEALS),
                UpstreamInLabTest::assertHealed);
    }

    @TestFactory
    Stream<DynamicTest> agentHealsWhenAServerSeesAnotherAddress() {
        return SideBySide.tests(
                WIDTH,
                List.of(ROUTER_FAILS_OVER),
                fault -> withAgent(fault, INTERVAL_SECONDS, SEES),
                UpstreamInLabTest::assertHealed);
    }

    /**
     * Its own flow to the servers is stuck as well, so it asks from another port; the tunnel's is fixed, so its packets get
     * another one on their way.
     */
    @TestFactory
    Stream<DynamicTest> agentHealsThroughANatThatHoldsOnToFlowsAndKeepsItsPort() {
        return SideBySide.tests(
                WIDTH, List.of(ROUTER_KEEPS_MAPPINGS), fault -> withAgent(fault, INTERVAL_SECONDS, SEES), report -> {
                    for (var what : List.of("public address 11.10.1.2 became 11.10.2.2", "source port of ")) {
                        assertTrue(
                                report.timeline().stream()
                                        .anyMatch(entry -> entry.what().contains(what)),
                                () -> "" + report.timeline());
                    }
                    assertHealed(report);
                });
    }

    @TestFactory
    Stream<DynamicTest> unaidedItStaysDown() {
        return SideBySide.tests(
                WIDTH,
                List.of(ROUTER_ANNOUNCES, ROUTER_FAILS_OVER, ROUTER_KEEPS_MAPPINGS),
                fault -> new Experiment(fault, Plan.standard(), Remedy.NONE, UNAIDED).run(),
                report -> assertTrue(report.outage().healedAfter().isEmpty(), () -> "healed: " + report.outage()));
    }

    private static Experiment.Report withAgent(Fault fault, int intervalSeconds, Duration watched) {
        var agent = UpstreamFaults.told(ShippedFlags.agent(), fault, intervalSeconds);
        return new Experiment(fault, Plan.standard(), agent, watched).run();
    }

    private static void assertHealed(Experiment.Report report) {
        assertTrue(
                report.outage().healedAfter().isPresent(), () -> "not healed: " + report.outage() + report.timeline());
        assertEquals(report.before(), report.after());
    }
}
