package dev.reroam.tests.lab;

import dev.reroam.linux.libc.Edge;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The one place of the lab that waits for time to pass: real networks need real quiet. */
@Edge
public final class Pause {

    private static final Duration STEP = Duration.ofMillis(5);

    private Pause() {}

    public static void of(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits until {@code condition} holds, looking every 5 ms; false where it did not within {@code limit}. */
    public static boolean until(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            of(STEP);
        }
        return true;
    }

    /** Keeps the thread's interruption and ends the experiment. */
    public static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }
}
