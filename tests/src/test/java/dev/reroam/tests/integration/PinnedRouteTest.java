package dev.reroam.tests.integration;

import static dev.reroam.tests.lab.StuckFaults.HOST_ROUTE;
import static dev.reroam.tests.lab.StuckFaults.HOST_ROUTE_ALONE;
import static dev.reroam.tests.lab.StuckFaults.HOST_ROUTE_SILENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Pause;
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
 * A host route to the endpoint out of a dead uplink, as netifd or a script leaves it. How fast is the benchmark's question:
 * here, networks are made meanwhile.
 */
@Tag("bed1")
class PinnedRouteTest {

    private static final Duration HEALS = Duration.ofSeconds(9);
    private static final Duration UNAIDED = Duration.ofSeconds(5);
    private static final int WIDTH = 2;

    private record Case(Fault fault, IpFamily outer) {
        @Override
        public String toString() {
            return fault + ", " + outer;
        }
    }

    /** @param pinned the route as it was made; nothing for IPv6, of whose gateways the lab's state says nothing */
    private record Seen(Experiment.Report report, String pinned, List<String> after) {}

    @TestFactory
    Stream<DynamicTest> agentSteersPastTheRouteAndLeavesItWhereItIs() {
        return SideBySide.tests(
                WIDTH,
                List.of(
                        new Case(HOST_ROUTE, IpFamily.V4),
                        new Case(HOST_ROUTE_ALONE, IpFamily.V4),
                        new Case(HOST_ROUTE_SILENT, IpFamily.V4),
                        new Case(HOST_ROUTE, IpFamily.V6)),
                PinnedRouteTest::withAgent,
                PinnedRouteTest::assertHealed);
    }

    @TestFactory
    Stream<DynamicTest> unaidedItStaysDown() {
        return SideBySide.tests(
                WIDTH,
                List.of(HOST_ROUTE, HOST_ROUTE_SILENT),
                fault -> new Experiment(fault, Plan.standard(), Remedy.NONE, UNAIDED).run(),
                report -> assertTrue(report.outage().healedAfter().isEmpty(), () -> "healed: " + report.outage()));
    }

    private static Seen withAgent(Case one) {
        var agent = StuckFaults.told(ShippedFlags.agent());
        var experiment = new Experiment(one.fault(), Plan.standard().withOuter(one.outer()), agent, HEALS);
        try (var trial = experiment.prepare()) {
            Pause.of(one.fault().quiet());
            var struck = trial.strike();
            var pins = trial.routerState().lines().stream()
                    .filter(line -> line.contains(" 11.0.9.9 "))
                    .filter(line -> line.startsWith("route"))
                    .toList();
            boolean v4 = one.outer() == IpFamily.V4;
            return new Seen(
                    trial.report(struck), v4 ? "route 4 11.0.9.9 via 100.64.1.1 dev wan1 proto static" : "", pins);
        }
    }

    private static void assertHealed(Seen seen) {
        var report = seen.report();
        assertTrue(
                report.outage().healedAfter().isPresent(), () -> "not healed: " + report.outage() + report.timeline());
        assertTrue(
                report.timeline().stream().anyMatch(entry -> entry.what().contains("steer")),
                () -> "" + report.timeline());
        assertEquals(report.before(), report.after());
        assertEquals(seen.pinned(), String.join("; ", seen.after()));
    }
}
