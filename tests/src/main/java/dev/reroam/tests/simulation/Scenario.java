package dev.reroam.tests.simulation;

import dev.reroam.record.RecordJson;
import dev.reroam.record.RecordMismatch;
import dev.reroam.tests.simulation.world.Plan;
import java.util.List;

/**
 * A world and what happens to it. Immutable. A seed stands for one; its text stands for it for ever, also when the generator draws
 * otherwise one day.
 *
 * @param lasts nanoseconds
 */
record Scenario(long seed, Plan plan, Hands.Luck luck, boolean observeOnly, List<Fault> faults, long lasts) {

    private static final RecordJson<Scenario> JSON = RecordJson.of(Scenario.class);

    Scenario {
        faults = List.copyOf(faults);
    }

    /** One line. */
    String text() {
        return JSON.text(this);
    }

    static Scenario parse(String text) throws RecordMismatch {
        return JSON.parse(text);
    }

    /** How to run it again. */
    String again() {
        return "mvn test -pl native,agent,tests -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dseed="
                + seed;
    }
}
