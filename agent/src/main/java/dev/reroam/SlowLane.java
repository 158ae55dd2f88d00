package dev.reroam;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread for what blocks or takes longer than 5 ms: fsync, key generation, starting a process. Tasks run one after
 * another in the order in which they came, so what only they touch needs no lock. Safe from any thread.
 */
public final class SlowLane implements Executor, AutoCloseable {

    // Ours: the longest that an exit waits for a disk; the ledger is written before the act, so nothing is lost by
    // going.
    private static final long CLOSE_SECONDS = 5;

    private final ThreadPoolExecutor thread;
    private final Consumer<Throwable> bugs;

    /**
     * Starts the thread.
     *
     * @param capacity tasks that may wait; the next one is refused
     * @param bugs is told, on the thread, what a task threw; the lane goes on
     */
    public SlowLane(int capacity, Consumer<Throwable> bugs) {
        this.bugs = bugs;
        thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(capacity), task -> {
            var lane = new Thread(task, "slow-lane");
            lane.setDaemon(true);
            return lane;
        });
        // Started now: the first failover must not wait for a thread.
        thread.prestartCoreThread();
    }

    /** Runs the task when its turn comes; {@link RejectedExecutionException} when too many wait, or after the close. */
    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            throw new RejectedExecutionException(
                    thread.isShutdown()
                            ? "the slow lane is closed"
                            : "the slow lane is full: " + thread.getQueue().size() + " tasks wait",
                    e);
        }
    }

    // Not left to the thread's end: the pool replaces the thread before it reports, and close() may not see the report.
    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable bug) {
            bugs.accept(bug);
        }
    }

    /** Takes no more tasks and waits for those that came, 5 s at most; then interrupts. */
    @Override
    public void close() {
        thread.shutdown();
        boolean done = false;
        try {
            done = thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!done) {
            thread.shutdownNow();
        }
    }
}
