package dev.reroam.recovery;

import java.util.List;

/** What one observation led to: the next state and what is to be done, in order. Immutable. */
public record Step(RecoveryState state, List<Action> actions) {
    public Step {
        actions = List.copyOf(actions);
    }
}
