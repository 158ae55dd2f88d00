package dev.reroam;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The way a process that runs until it is told to stop ends with an exit code of its own: SIGTERM and SIGINT reach the JVM as
 * its shutdown, which would end it with the signal's number while everything is still open. Safe from any thread.
 */
final class Stop {

    /** Longer than an orderly close takes (giving back 5 s, closing 5 s); procd and systemd kill later than that. */
    private static final long CLOSE_SECONDS = 15;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int code = 1;

    /** Takes over what a signal does. */
    Stop() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "stop"));
    }

    private void onShutdown() {
        asked.countDown();
        try {
            if (!ended.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                code = 1;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(code);
    }

    /** Blocks until the process is told to stop. */
    void await() throws InterruptedException {
        asked.await();
    }

    /** Ends the process with this code, on whatever way it is ending; does not return. */
    void exit(int with) {
        code = with;
        ended.countDown();
        // Begins the shutdown, or waits for the one that is under way.
        System.exit(with);
    }
}
