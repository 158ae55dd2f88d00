package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Remedy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What heals by itself in time is no fault. The experiments mostly wait, so they run side by side. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
class BaselineTest {

    static List<Fault> faults() {
        return Faults.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void staysDownWhereNobodyHelps(Fault fault) {
        var report = new Experiment(fault, Plan.standard(), Remedy.NONE, fault.unhealedFor()).run();
        assertEquals(Optional.empty(), report.outage().healedAfter());
        assertTrue(
                report.outage().hole().compareTo(fault.unhealedFor()) > 0,
                () -> "hole " + report.outage().hole());
    }
}
