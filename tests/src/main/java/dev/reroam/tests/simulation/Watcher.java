package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;

/** Is told of all that the agent does, before it is done. */
interface Watcher {

    /** The brain took a step; its actions are about to be performed. */
    default void onStep(RecoveryState before, Observation observation, long now, Step step) {}

    /** A repair reaches the device now: it is about to be made. */
    default void onRepair(Action.Setting repair) {}

    /** Something was done to the world. */
    default void onWorld(String what) {}

    /** The agent's life ended. */
    default void onEnd() {}

    /** The agent begins another life. */
    default void onStart() {}
}
