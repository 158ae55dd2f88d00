package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.EpollDescriptorDriver;
import dev.reroam.linux.libc.Libc;
import dev.reroam.tests.lab.Namespace;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The agent's loop on a thread that is inside a namespace of the lab: whatever is opened on it is there. */
final class LoopInside implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final IoEventLoop loop = group.next();
    private final List<RuntimeException> bugs = new CopyOnWriteArrayList<>();
    private final EpollDescriptorDriver descriptors = new EpollDescriptorDriver(loop, bugs::add);

    private LoopInside() {}

    static LoopInside enter(Namespace namespace) throws Exception {
        var inside = new LoopInside();
        inside.on(() -> {
            try (var place = Descriptor.own(
                    "namespace " + namespace,
                    Libc.open("/run/netns/" + namespace.name(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0))) {
                return Libc.check("enter " + namespace, Libc.setns(place.fd(), Libc.CLONE_NEWNET));
            }
        });
        return inside;
    }

    IoEventLoop loop() {
        return loop;
    }

    EpollDescriptorDriver descriptors() {
        return descriptors;
    }

    /** What the call gives, on the loop. */
    <T> T on(Callable<T> call) throws Exception {
        return loop.submit(call).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Does it on the loop. */
    void run(Action action) throws Exception {
        on(() -> {
            action.run();
            return true;
        });
    }

    /** Something that may fail. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    /** Ends the thread; fails where something on it threw. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        assertEquals(List.of(), bugs);
    }
}
