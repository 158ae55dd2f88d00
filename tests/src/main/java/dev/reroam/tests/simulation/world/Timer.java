package dev.reroam.tests.simulation.world;

/** One alarm that is set again and again. Confined to its run's thread. Moving it later costs no event. */
public final class Timer {

    private static final long NEVER = Long.MAX_VALUE;

    private final VirtualTime time;
    private final Runnable what;
    private long due = NEVER;
    // The earliest event that is on its way, and which one it is.
    private long waking = NEVER;
    private long generation;

    /** Not set. */
    public Timer(VirtualTime time, Runnable what) {
        this.time = time;
        this.what = what;
    }

    public boolean isSet() {
        return due != NEVER;
    }

    public void cancel() {
        due = NEVER;
    }

    public void setIn(long nanos) {
        setAt(time.now() + nanos);
    }

    /** Replaces what was set. */
    public void setAt(long instant) {
        due = Math.max(instant, time.now());
        if (due < waking) {
            wakeAt(due);
        }
    }

    private void wakeAt(long instant) {
        waking = instant;
        long mine = ++generation;
        time.at(instant, () -> wake(mine));
    }

    private void wake(long mine) {
        if (mine != generation) {
            return;
        }
        waking = NEVER;
        if (due > time.now()) {
            if (due != NEVER) {
                wakeAt(due);
            }
            return;
        }
        due = NEVER;
        what.run();
    }
}
