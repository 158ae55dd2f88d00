package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.integration.Networks.Case;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Remedy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The agent, run as its users run it and with no configuration, heals every fault, and leaves port, mark and keepalive as
 * they were. How fast is the benchmarks' question: here, several agents start and heal at once.
 */
@Tag("bed1")
class HealingTest {

    // Without the agent it takes 12 s at least; a kernel that holds back a carrier event takes one.
    private static final Duration HEALS = Duration.ofSeconds(3);
    // An agent that starts takes more than a second of a core, and those that heal meanwhile wait for it.
    private static final int WIDTH = 3;

    // On a machine with much else to do the line follows the readiness.
    private static final Duration SAYS = Duration.ofSeconds(5);

    @TestFactory
    Stream<DynamicTest> healsAndChangesNoSetting() {
        return heals(Networks.usual(), agent(""));
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> healsAndChangesNoSettingOnOtherNetworks() {
        return heals(Networks.unusual(), agent(""));
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> healsAndChangesNoSettingWithoutEpoll() {
        var agent = agent(" -Dreroam.driver=poll");
        return heals(Networks.usual(), net -> {
            var running = agent.start(net);
            // As it says itself, right after its start: a name that nobody asks for would force nothing.
            assertTrue(AgentHome.until(SAYS, () -> running.log().contains(", poll, ")), running::log);
            return running;
        });
    }

    private static AgentRemedy agent(String moreFlags) {
        return AgentRemedy.find(ShippedFlags.text() + moreFlags).orElseThrow();
    }

    private static Stream<DynamicTest> heals(List<Case> cases, Remedy agent) {
        return SideBySide.tests(
                WIDTH, cases, one -> new Experiment(one.fault(), one.plan(), agent, HEALS).run(), report -> {
                    assertTrue(
                            report.outage().healedAfter().isPresent(),
                            () -> "not healed: " + report.outage() + report.timeline());
                    assertTrue(
                            report.timeline().stream()
                                    .anyMatch(entry -> entry.what().contains("refresh ")),
                            () -> "it healed by itself: " + report.timeline());
                    assertEquals(report.before(), report.after());
                });
    }
}
