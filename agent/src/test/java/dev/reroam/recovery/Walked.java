package dev.reroam.recovery;

/** A random walk of the brain that ships, for tests of other packages. */
public final class Walked {

    private Walked() {}

    /** Is told of each step. */
    public interface Listener {
        void onStep(RecoveryState before, Observation observation, long now, Step step);
    }

    /** Takes some steps that the seed decides. */
    public static void walk(long seed, int steps, Listener listener) {
        var recovery = new Recovery(Ladder.standard(), RecoveryConfig.standard(false));
        var walk = new RandomWalk(seed);
        RecoveryState state = RecoveryState.initial();
        for (int i = 0; i < steps; i++) {
            walk.wait(state);
            Observation observation = walk.next(state);
            Step step = recovery.step(state, observation, walk.now);
            listener.onStep(state, observation, walk.now, step);
            state = step.state();
        }
    }
}
