package dev.reroam.tests.simulation;

import dev.reroam.tests.simulation.world.VirtualTime;

/** One life of the agent: what it had asked for is not done when it is killed. Confined to its run's thread. */
final class Life {

    private final VirtualTime time;
    private final long number;
    private boolean over;

    Life(VirtualTime time, long number) {
        this.time = time;
        this.number = number;
    }

    /** From 1. */
    long number() {
        return number;
    }

    long now() {
        return time.now();
    }

    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }

    void in(long nanos, Runnable what) {
        at(time.now() + nanos, what);
    }

    void at(long instant, Runnable what) {
        time.at(instant, () -> {
            if (!over) {
                what.run();
            }
        });
    }
}
