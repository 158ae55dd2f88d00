package dev.reroam.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.simulation.Fault.Kind;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** facts P11: a step of the wall clock has no effect on what is done. */
class WallClockTest {

    private static final int SEEDS = 60;

    @Test
    void aStepOfTheClockChangesNoAction() {
        int compared = 0;
        for (long seed = 600; seed < 600 + SEEDS; seed++) {
            Scenario scenario = ScenarioMaker.of(seed);
            // An agent that starts knows nothing but the stamps.
            if (scenario.faults().stream().anyMatch(fault -> isStart(fault.kind()))) {
                continue;
            }
            var without = new ArrayList<>(scenario.faults());
            without.removeIf(fault -> fault.kind() == Kind.CLOCK_STEPPED);
            var with = new ArrayList<>(without);
            for (int step = 0; step < 4; step++) {
                long at = (70 + 25 * step) * VirtualTime.SECOND;
                with.add(new Fault(Kind.CLOCK_STEPPED, at, 0, 0, step % 2 == 0 ? 3_600 : -3_600));
            }
            assertEquals(actions(scenario, without), actions(scenario, with), "seed " + seed);
            compared++;
        }
        assertTrue(compared > SEEDS / 4, "only " + compared);
    }

    private static boolean isStart(Kind kind) {
        return kind == Kind.KILLED || kind == Kind.RESTARTED;
    }

    /** What was wanted and when, in order. */
    private static List<String> actions(Scenario of, List<Fault> faults) {
        var scenario = new Scenario(of.seed(), of.plan(), of.luck(), of.observeOnly(), faults, of.lasts());
        return Simulation.run(scenario)
                .trace()
                .lines()
                .filter(line -> line.contains(" want  "))
                .toList();
    }
}
