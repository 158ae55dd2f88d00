package dev.reroam.linux.libc;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits for descriptors in the epoll set of the agent's own Netty loop. Confined to that loop. */
public final class EpollDescriptorDriver implements DescriptorLoop {

    private final IoEventLoop loop;
    private final Consumer<RuntimeException> onBug;

    /**
     * @param loop a loop made with {@link io.netty.channel.epoll.EpollIoHandler}
     * @param onBug gets what a callback threw; called on the loop, which goes on
     */
    public EpollDescriptorDriver(IoEventLoop loop, Consumer<RuntimeException> onBug) {
        if (!loop.isCompatible(EpollIoHandle.class)) {
            throw new IllegalArgumentException("not an epoll loop: " + loop);
        }
        this.loop = loop;
        this.onBug = onBug;
    }

    @Override
    public Registration register(int fd, Runnable onReadable) throws LinuxException {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException("not on the agent loop");
        }
        var handle = new Handle(fd, onReadable);
        // On the loop the registration is made before register returns.
        Future<IoRegistration> registered = loop.register(handle);
        if (!registered.isSuccess()) {
            throw new IllegalStateException("the loop takes no more descriptors", registered.cause());
        }
        handle.registration = registered.getNow();
        try {
            handle.registration.submit(EpollIoOps.EPOLLIN);
        } catch (UncheckedIOException e) {
            handle.cancel();
            throw new LinuxException("wait for input of descriptor " + fd, errno(e));
        }
        return handle;
    }

    private static Errno errno(UncheckedIOException refusal) {
        return refusal.getCause() instanceof Errors.NativeIoException epoll
                ? new Errno(Math.abs(epoll.expectedErr()))
                : Errno.EIO;
    }

    private final class Handle implements EpollIoHandle, Registration {

        private final FileDescriptor descriptor;
        private final Runnable onReadable;
        // Null until the loop has accepted it.
        private @Nullable IoRegistration registration;
        private boolean cancelled;

        Handle(int fd, Runnable onReadable) {
            this.descriptor = new FileDescriptor(fd);
            this.onReadable = onReadable;
        }

        @Override
        public FileDescriptor fd() {
            return descriptor;
        }

        @Override
        public void handle(IoRegistration from, IoEvent event) {
            if (cancelled) {
                return;
            }
            try {
                onReadable.run();
            } catch (RuntimeException e) {
                // The edge of the loop's iteration: Netty would log it and then sleep for a second.
                onBug.accept(e);
            }
        }

        @Override
        public void cancel() {
            if (!cancelled && registration != null) {
                cancelled = true;
                registration.cancel();
            }
        }

        @Override
        public void close() {
            // Netty calls this when the loop ends; the descriptor belongs to its Descriptor, so it stays open.
            cancel();
        }
    }
}
