package dev.reroam.loop;

import dev.reroam.linux.libc.Clock;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * One task that is due at most once at a time, and can be put off or called off. Confined to the agent's loop.
 *
 * <p>A task that fails is a bug: it is logged with its stack, and the loop goes on.
 */
public final class Alarm implements AutoCloseable {

    private final EventLoop loop;
    private final Clock clock;
    private final Runnable task;
    private long due;
    // Null while nothing is due.
    private @Nullable Future<?> pending;

    /** An alarm for this task; nothing is due yet. */
    public Alarm(EventLoop loop, Clock clock, Runnable task) {
        this.loop = loop;
        this.clock = clock;
        this.task = task;
    }

    /** Whether the task is due. */
    public boolean isSet() {
        return pending != null;
    }

    /**
     * Has the task run at this moment instead of whenever it was due before.
     *
     * @param monotonicNanos of the clock; what has passed already is due in the loop's next turn
     */
    public void setAt(long monotonicNanos) {
        if (pending != null) {
            if (due == monotonicNanos) {
                return;
            }
            pending.cancel(false);
        }
        due = monotonicNanos;
        pending = loop.schedule(this::run, Math.max(0, monotonicNanos - clock.monotonicNanos()), TimeUnit.NANOSECONDS);
    }

    /** Has the task run after this long, unless it is due already. */
    public void setWithin(long nanos) {
        if (pending == null) {
            setAt(clock.monotonicNanos() + nanos);
        }
    }

    /** Calls the task off; idempotent. */
    public void cancel() {
        if (pending != null) {
            pending.cancel(false);
            pending = null;
        }
    }

    private void run() {
        pending = null;
        try {
            task.run();
        } catch (RuntimeException e) {
            // The loop's edge: Netty would put the exception into a future that nobody reads.
            Logger.error(e, "a task of the loop failed");
        }
    }

    @Override
    public void close() {
        cancel();
    }
}
