package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.ScriptRemedy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What heals by itself in time is no fault, and what a new source and a packet do not heal is none that an agent could.
 * The experiments mostly wait, so they run side by side.
 */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
class BaselineTest {

    private static final Duration STAYS_DOWN = Duration.ofSeconds(5);
    // The loop's 50 ms, the programs that it starts, and a machine with many of them at once.
    private static final Duration HEALS = Duration.ofSeconds(2);

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("dev.reroam.tests.integration.Networks#usual")
    void staysDownWhereNobodyHelps(Fault fault, Plan plan) {
        var outage = new Experiment(fault, plan, Remedy.NONE, STAYS_DOWN).run().outage();
        assertEquals(Optional.empty(), outage.healedAfter());
        assertTrue(outage.hole().compareTo(STAYS_DOWN) > 0, () -> "a hole of only " + outage.hole());
    }

    @Tag("slow")
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("dev.reroam.tests.integration.Networks#unusual")
    void staysDownWhereNobodyHelpsOnOtherNetworks(Fault fault, Plan plan) {
        staysDownWhereNobodyHelps(fault, plan);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("dev.reroam.tests.integration.Networks#usual")
    void healsWhereWireGuardForgetsItsSource(Fault fault, Plan plan) {
        var outage =
                new Experiment(fault, plan, ScriptRemedy.REFRESH, HEALS).run().outage();
        assertTrue(outage.healedAfter().isPresent(), () -> "not healed in " + outage.watched());
    }

    @Tag("slow")
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("dev.reroam.tests.integration.Networks#unusual")
    void healsWhereWireGuardForgetsItsSourceOnOtherNetworks(Fault fault, Plan plan) {
        healsWhereWireGuardForgetsItsSource(fault, plan);
    }
}
