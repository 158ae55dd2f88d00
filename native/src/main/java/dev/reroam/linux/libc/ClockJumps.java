package dev.reroam.linux.libc;

import java.nio.ByteBuffer;

/**
 * Tells when CLOCK_REALTIME was set, or the machine woke up from a suspend, after which the kernel sets it. Costs no wake-up: a
 * timer for a day that nobody waits for is cancelled by such a change (TFD_TIMER_CANCEL_ON_SET, timerfd_create(2)). Confined to
 * the loop.
 */
public final class ClockJumps implements AutoCloseable {

    /** The last second that a C long of 32 bits can name, in 2038. */
    private static final long FAR = Integer.MAX_VALUE;

    private final Descriptor timer;
    private final ByteBuffer expirations = ByteBuffer.allocateDirect(Long.BYTES);
    private final Runnable onJump;

    private ClockJumps(Descriptor timer, Runnable onJump) {
        this.timer = timer;
        this.onJump = onJump;
    }

    /**
     * Begins to wait.
     *
     * @param onJump called on the loop after each change
     */
    public static ClockJumps open(DescriptorLoop loop, Runnable onJump) throws LinuxException {
        var timer =
                Descriptor.own("clock timer", Libc.timerfd(Libc.CLOCK_REALTIME, Libc.TFD_CLOEXEC | Libc.TFD_NONBLOCK));
        try {
            Libc.check(
                    "set clock timer",
                    Libc.setTimer(timer.fd(), Libc.TFD_TIMER_ABSTIME | Libc.TFD_TIMER_CANCEL_ON_SET, FAR));
            var jumps = new ClockJumps(timer, onJump);
            timer.onReadable(loop, jumps::onReadable);
            return jumps;
        } catch (LinuxException e) {
            timer.close();
            throw e;
        }
    }

    private void onReadable() {
        // ECANCELED once a change; the timer goes on, and nothing is to be read until the next.
        if (Libc.read(timer.fd(), expirations.clear()) == -Errno.ECANCELED.number()) {
            onJump.run();
        }
    }

    @Override
    public void close() {
        timer.close();
    }
}
