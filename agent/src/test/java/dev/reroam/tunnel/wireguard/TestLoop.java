package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.libc.EpollDescriptorDriver;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real agent loop for a test. */
public final class TestLoop implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<RuntimeException> bugs = new CopyOnWriteArrayList<>();

    /** The loop. */
    public IoEventLoop loop() {
        return group.next();
    }

    /** Its descriptors. */
    public EpollDescriptorDriver descriptors() {
        return new EpollDescriptorDriver(loop(), bugs::add);
    }

    /** Runs something on the loop and waits for its result. */
    public <T> T on(Callable<T> call) throws ExecutionException, InterruptedException, TimeoutException {
        return loop().submit(call).get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        if (!bugs.isEmpty()) {
            throw bugs.getFirst();
        }
    }
}
