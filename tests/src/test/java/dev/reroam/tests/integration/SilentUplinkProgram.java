package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.SilentFaults;
import dev.reroam.tests.lab.WireGuardKind;
import java.time.Duration;

/**
 * What the test runs in the guest: each silent fault on kernel WireGuard. Prints the name of each that was left, and fails at
 * the first that was not. The argument: the flags of the agent's JVM.
 */
final class SilentUplinkProgram {

    private static final int INTERVAL_SECONDS = 5;
    private static final Plan PLAN = Plan.standard().withWireguard(WireGuardKind.KERNEL);
    // The interval, a tenth more by its jitter, the verdict, and an emulated processor.
    private static final Duration HEALS = Duration.ofSeconds(14);
    // Of its own accord kernel WireGuard would shake hands anew after 15 s, over the same uplink.
    private static final Duration UNAIDED = Duration.ofSeconds(20);

    private SilentUplinkProgram() {}

    public static void main(String[] arguments) {
        var agent = AgentRemedy.find(arguments[0]).orElseThrow();
        for (var fault : SilentFaults.ALL) {
            var remedy = SilentFaults.told(agent, fault, INTERVAL_SECONDS);
            var report = new Experiment(fault, PLAN, remedy, HEALS).run();
            assertTrue(report.outage().healedAfter().isPresent(), () -> "not left: " + report);
            assertTrue(
                    report.timeline().stream().anyMatch(entry -> entry.what().contains("steer")),
                    () -> "left without steering: " + report);
            assertEquals(report.before(), report.after());
            System.out.println("left=" + fault.name());
            System.out.println("hole=" + report.outage().hole().toMillis() + " ms");
        }
        var unaided = new Experiment(SilentFaults.UPLINK_SILENT, PLAN, Remedy.NONE, UNAIDED).run();
        assertTrue(unaided.outage().healedAfter().isEmpty(), () -> "healed by itself: " + unaided.outage());
        System.exit(0);
    }
}
