package dev.reroam.journal;

import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;

/** The slow lane and the loop of a test: nothing runs until it is told to, and all on the test's thread. */
final class Lanes {

    final ArrayDeque<Runnable> slow = new ArrayDeque<>();
    final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    boolean full;

    void slowLane(Runnable task) {
        if (full) {
            throw new RejectedExecutionException("the slow lane is full: 64 tasks wait");
        }
        slow.add(task);
    }

    void run() {
        while (!slow.isEmpty() || !loop.isEmpty()) {
            (slow.isEmpty() ? loop : slow).remove().run();
        }
    }
}
