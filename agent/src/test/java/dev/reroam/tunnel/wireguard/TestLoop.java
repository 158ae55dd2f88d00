package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.EpollDescriptorDriver;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.PollDescriptorDriver;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real agent loop for a test: epoll, or where asked NIO beside a thread on poll(2). */
public final class TestLoop implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup group;
    private final List<RuntimeException> bugs = new CopyOnWriteArrayList<>();
    private final DescriptorLoop descriptors;

    public TestLoop() {
        this(false);
    }

    public TestLoop(boolean poll) {
        group = new MultiThreadIoEventLoopGroup(1, poll ? NioIoHandler.newFactory() : EpollIoHandler.newFactory());
        try {
            descriptors =
                    poll ? new PollDescriptorDriver(loop(), bugs::add) : new EpollDescriptorDriver(loop(), bugs::add);
        } catch (LinuxException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The loop. */
    public IoEventLoop loop() {
        return group.next();
    }

    /** Its descriptors. */
    public DescriptorLoop descriptors() {
        return descriptors;
    }

    /** Runs something on the loop and waits for its result. */
    public <T> T on(Callable<T> call) throws ExecutionException, InterruptedException, TimeoutException {
        return loop().submit(call).get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        if (descriptors instanceof PollDescriptorDriver pump) {
            pump.close();
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        if (!bugs.isEmpty()) {
            throw bugs.getFirst();
        }
    }
}
