package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.reroam.record.RecordJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A state that was written down and read again is the same state, at every step of the way. */
class ReplayTest {

    private static final RecordJson<RecoveryState> STATES = RecordJson.of(RecoveryState.class);
    private static final RecordJson<Observation> OBSERVATIONS = RecordJson.of(Observation.class);
    private static final RecordJson<Action> ACTIONS = RecordJson.of(Action.class);
    private static final RecordJson<RecoveryConfig> CONFIGS = RecordJson.of(RecoveryConfig.class);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void doesTheSameFromAStateThatWasWrittenDown(long seed) throws Exception {
        var recovery = new Recovery(Ladder.standard(), CONFIGS.parse(CONFIGS.text(RecoveryConfig.standard(false))));
        var walk = new RandomWalk(seed);
        RecoveryState kept = RecoveryState.initial();
        RecoveryState reread = kept;
        for (int i = 0; i < 500; i++) {
            walk.wait(kept);
            Observation observation = walk.next(kept);
            Observation again = OBSERVATIONS.parse(OBSERVATIONS.text(observation));
            Step step = recovery.step(kept, observation, walk.now);
            Step replayed = recovery.step(reread, again, walk.now);
            assertEquals(texts(step), texts(replayed));
            assertEquals(step.state(), replayed.state());
            kept = step.state();
            reread = STATES.parse(STATES.text(replayed.state()));
            assertEquals(kept, reread);
        }
    }

    @Test
    void differsWhenARowOfTheTableIsChanged() {
        Ladder changed = Ladder.standard().with(Evidence.PATH_CHANGED, Condition.AFFECTED, Optional.of(Rung.REBIND));
        assertEquals(walked(Ladder.standard()), walked(Ladder.standard()));
        assertNotEquals(walked(Ladder.standard()), walked(changed));
    }

    private static List<String> walked(Ladder ladder) {
        var recovery = new Recovery(ladder, RecoveryConfig.standard(false));
        var walk = new RandomWalk(7);
        var all = new ArrayList<String>();
        RecoveryState state = RecoveryState.initial();
        for (int i = 0; i < 500; i++) {
            walk.wait(state);
            Step step = recovery.step(state, walk.next(state), walk.now);
            all.addAll(texts(step));
            state = step.state();
        }
        return all;
    }

    private static List<String> texts(Step step) {
        return step.actions().stream().map(ACTIONS::text).toList();
    }
}
