package dev.reroam.linux.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Waits for descriptors with poll(2) on a thread of its own, for platforms where Netty has no epoll build (32-bit ARM).
 * Registering and cancelling are confined to the agent loop.
 *
 * <p>The pump thread touches nothing but its poll set: it takes a readable descriptor out of the set and hands it to the
 * loop; after the callback ran there, the loop puts it back. So nothing spins while the loop is busy. Loop and pump meet in
 * one queue and one eventfd.
 */
public final class PollDescriptorDriver implements DescriptorLoop, AutoCloseable {

    private static final int POLLFD_BYTES = 8;
    private static final int REVENTS = 6;
    // asm-generic/poll.h: the number is not open.
    private static final int POLLNVAL = 0x20;

    private final Executor loop;
    private final Consumer<RuntimeException> onBug;
    private final Descriptor wake;
    private final ByteBuffer one = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private final Queue<Runnable> forPump = new ConcurrentLinkedQueue<>();
    private final Thread pump;

    // The pump's own; no other thread reads them.
    private final ArrayList<Waiting> armed = new ArrayList<>();
    private final ByteBuffer drained = ByteBuffer.allocateDirect(Long.BYTES);
    private ByteBuffer pollSet = pollSet(8);
    private boolean ending;

    /**
     * Starts the pump thread.
     *
     * @param loop runs callbacks, one at a time, in order
     * @param onBug gets what a callback threw; called on the loop, which goes on
     */
    public PollDescriptorDriver(Executor loop, Consumer<RuntimeException> onBug) throws LinuxException {
        this.loop = loop;
        this.onBug = onBug;
        this.wake = Descriptor.own("wake-up eventfd", Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK));
        one.putLong(0, 1);
        pump = Thread.ofPlatform().name("reroam-poll").daemon().unstarted(this::pump);
        pump.start();
    }

    @Override
    public Registration register(int fd, Runnable onReadable) {
        var waiting = new Waiting(fd, onReadable);
        waiting.arm();
        return waiting;
    }

    /** Ends the pump thread and waits until it is gone; registrations end with it. */
    @Override
    public void close() {
        if (wake.isOpen()) {
            tellPump(() -> ending = true);
            boolean interrupted = false;
            while (pump.isAlive()) {
                try {
                    pump.join();
                } catch (InterruptedException e) {
                    // The pump ends by itself; the interrupt is handed on once it has.
                    interrupted = true;
                }
            }
            wake.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void tellPump(Runnable message) {
        forPump.add(message);
        // EAGAIN would mean that the counter is full, so that the pump is about to wake anyway.
        Libc.write(wake.fd(), one);
    }

    private void pump() {
        while (!ending) {
            for (var message = forPump.poll(); message != null; message = forPump.poll()) {
                message.run();
            }
            if (!ending) {
                waitAndHandOver();
            }
        }
    }

    private void waitAndHandOver() {
        if (pollSet.capacity() < (armed.size() + 1) * POLLFD_BYTES) {
            pollSet = pollSet(2 * (armed.size() + 1));
        }
        pollSet.clear();
        put(wake.fd());
        for (var waiting : armed) {
            put(waiting.fd);
        }
        int ready = Libc.poll(pollSet.flip(), -1);
        if (ready <= 0) {
            if (ready < 0 && ready != -Errno.EINTR.number() && ready != -Errno.EAGAIN.number()) {
                throw new IllegalStateException("poll: " + new Errno(-ready));
            }
            return;
        }
        if (pollSet.getShort(REVENTS) != 0) {
            Libc.read(wake.fd(), drained);
        }
        for (int i = armed.size() - 1; i >= 0; i--) {
            int events = pollSet.getShort((i + 1) * POLLFD_BYTES + REVENTS);
            if (events != 0) {
                var waiting = armed.remove(i);
                if ((events & POLLNVAL) == 0) {
                    loop.execute(waiting::deliver);
                }
            }
        }
    }

    private void put(int fd) {
        pollSet.putInt(fd).putShort((short) Libc.POLLIN).putShort((short) 0);
    }

    private static ByteBuffer pollSet(int entries) {
        return ByteBuffer.allocateDirect(entries * POLLFD_BYTES).order(ByteOrder.nativeOrder());
    }

    /** A descriptor on its way round: armed in the pump, delivered on the loop, armed again. */
    private final class Waiting implements Registration {

        private final int fd;
        private final Runnable onReadable;
        // The loop's own.
        private boolean cancelled;

        Waiting(int fd, Runnable onReadable) {
            this.fd = fd;
            this.onReadable = onReadable;
        }

        void arm() {
            if (!cancelled && wake.isOpen()) {
                tellPump(() -> armed.add(this));
            }
        }

        void deliver() {
            if (cancelled) {
                return;
            }
            try {
                onReadable.run();
            } catch (RuntimeException e) {
                // The edge of the loop's iteration.
                onBug.accept(e);
            }
            arm();
        }

        @Override
        public void cancel() {
            if (!cancelled) {
                cancelled = true;
                if (wake.isOpen()) {
                    tellPump(() -> armed.remove(this));
                }
            }
        }
    }
}
