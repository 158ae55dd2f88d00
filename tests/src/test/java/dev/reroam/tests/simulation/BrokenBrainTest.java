package dev.reroam.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Condition;
import dev.reroam.recovery.Evidence;
import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.Rung;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A check that cannot fail is worth nothing: each rule is broken by a brain that is made wrong on purpose. */
class BrokenBrainTest {

    private static final long FIRST = 9_000;
    private static final int SEEDS = 40;

    @Test
    void thatShipsBreaksNone() {
        assertEquals(Map.of(), broken(Simulation.Brain.standard()));
    }

    @Test
    void thatChangesThePortFirstTouchesWhatCarries() {
        Ladder wrong = Ladder.standard();
        for (Condition condition : new Condition[] {Condition.AFFECTED, Condition.FIXED, Condition.QUIET}) {
            wrong = wrong.with(Evidence.PATH_CHANGED, condition, Optional.of(Rung.NEW_PORT))
                    .with(Evidence.WAN_CHANGED, condition, Optional.of(Rung.NEW_PORT))
                    .with(Evidence.UPLINK_RETURNED, condition, Optional.of(Rung.NEW_PORT));
        }
        assertBreaks("untouched", brain(wrong, RecoveryConfig.standard(false)));
    }

    @Test
    void thatTakesEverybodyForAsleepLeavesTunnelsBroken() {
        assertBreaks("healed", brain(Ladder.standard(), with("activeFor", 0L)));
    }

    @Test
    void thatLeavesAChangedPathAloneLeavesTunnelsBroken() {
        Ladder wrong = Ladder.standard();
        for (Condition condition : Condition.values()) {
            wrong = wrong.with(Evidence.PATH_CHANGED, condition, Optional.empty());
        }
        assertBreaks("healed", brain(wrong, RecoveryConfig.standard(false)));
    }

    @Test
    void thatHasNoPatienceTouchesWhatCarries() {
        assertBreaks("untouched", brain(Ladder.standard(), with("silentBound", 1_000_000_000L)));
    }

    @Test
    void thatFollowsEveryFlapLeadsTunnelsToAndFro() {
        assertBreaks("flaps", brain(Ladder.standard(), with("flapsFollowed", 1_000)));
    }

    private static void assertBreaks(String rule, Simulation.Brain brain) {
        Map<String, Integer> broken = broken(brain);
        assertTrue(broken.containsKey(rule), () -> "breaks " + broken);
    }

    /** How many of the scenarios break which rule. */
    private static Map<String, Integer> broken(Simulation.Brain brain) {
        var broken = new TreeMap<String, Integer>();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            for (String violation :
                    Simulation.run(ScenarioMaker.of(seed), brain, false).violations()) {
                broken.merge(violation.substring(0, violation.indexOf(" at ")), 1, Integer::sum);
            }
        }
        return broken;
    }

    private static Simulation.Brain brain(Ladder ladder, RecoveryConfig config) {
        return new Simulation.Brain(ladder, config, RecoveryConfig.standard(true));
    }

    /** The numbers that ship, but for one: by its name, since there will be more of them. */
    private static RecoveryConfig with(String name, Object value) {
        RecoveryConfig standard = RecoveryConfig.standard(false);
        RecordComponent[] parts = RecoveryConfig.class.getRecordComponents();
        try {
            var values = new Object[parts.length];
            for (int i = 0; i < parts.length; i++) {
                values[i] = parts[i].getName().equals(name)
                        ? value
                        : parts[i].getAccessor().invoke(standard);
            }
            var types = Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return RecoveryConfig.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
