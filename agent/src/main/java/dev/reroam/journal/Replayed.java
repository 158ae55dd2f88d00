package dev.reroam.journal;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import java.util.List;

/** What came of replaying an incident. Immutable. */
public sealed interface Replayed {

    /** Every action of every step is the same. */
    record Same(int steps) implements Replayed {}

    /**
     * The first step that led to other actions.
     *
     * @param index of the step, 0 for the first
     * @param now the brain's clock at that step, nanoseconds
     * @param expected what was recorded
     * @param actual what this program would do
     */
    record Different(int index, long now, Observation observation, List<Action> expected, List<Action> actual)
            implements Replayed {}

    /** The step threw: a bug that the recording program did not have, or that ended it. */
    record Threw(int index, long now, Observation observation, String what) implements Replayed {}

    /** The file tells the incident, but holds no steps; the words say why. */
    record NotRecorded(String why) implements Replayed {}

    /** The file cannot be read, or not by this program. */
    record Unreadable(String where, String why) implements Replayed {}
}
