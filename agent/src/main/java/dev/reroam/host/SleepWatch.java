package dev.reroam.host;

import dev.reroam.linux.libc.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Tells how long the machine was suspended, by the clock that goes on meanwhile and the one that stands. A wall clock that is set
 * moves neither. Confined to the agent's loop.
 */
public final class SleepWatch {

    /** Ours: shorter than any NAT or server forgets, and longer than two clocks are read apart. */
    private static final long LEAST = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private final LongConsumer onWoke;
    private long ahead;

    /** @param onWoke is given how long it slept, nanoseconds */
    public SleepWatch(Clock clock, LongConsumer onWoke) {
        this.clock = clock;
        this.onWoke = onWoke;
        ahead = ahead();
    }

    private long ahead() {
        return clock.bootNanos() - clock.monotonicNanos();
    }

    /** Something may have happened: compares. */
    public void look() {
        long now = ahead();
        long slept = now - ahead;
        ahead = now;
        if (slept >= LEAST) {
            onWoke.accept(slept);
        }
    }
}
