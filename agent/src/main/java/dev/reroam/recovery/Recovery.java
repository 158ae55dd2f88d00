package dev.reroam.recovery;

import java.util.List;
import java.util.OptionalLong;

/** The pure brain. Stateless: safe from any thread. */
public final class Recovery {

    /**
     * Takes one fact in.
     *
     * @param now monotonic nanoseconds; never smaller than in the step before
     */
    public Step step(RecoveryState state, Observation observation, long now) {
        return new Step(state, List.of());
    }

    /** When {@link Observation.TimePassed} is due, monotonic nanoseconds; empty while nothing is awaited. */
    public OptionalLong nextDeadline(RecoveryState state) {
        return OptionalLong.empty();
    }
}
