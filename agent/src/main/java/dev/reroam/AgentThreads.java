package dev.reroam;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.EpollDescriptorDriver;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.PollDescriptorDriver;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The agent's loop, and what watches its descriptors: epoll, or where Netty has no native build (32-bit ARM) NIO beside a
 * thread on poll(2). Any thread.
 */
final class AgentThreads implements AutoCloseable {

    /** {@code -Dreroam.driver=poll} forces the second way, for tests and for kernels without epoll. */
    private static final String DRIVER = "reroam.driver";

    private static final long CLOSE_SECONDS = 2;

    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop loop;
    private final boolean epoll;
    // Null with epoll.
    private @Nullable PollDescriptorDriver pump;

    AgentThreads() {
        epoll = !"poll".equals(System.getProperty(DRIVER)) && Epoll.isAvailable();
        IoHandlerFactory factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        // A daemon: the JVM ends with the main thread, whatever the loop is doing.
        group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("agent", true), factory);
        loop = group.next();
    }

    IoEventLoop loop() {
        return loop;
    }

    /** {@code epoll} or {@code poll}. */
    String driver() {
        return epoll ? "epoll" : "poll";
    }

    /** What watches descriptors on this loop. On the loop. */
    DescriptorLoop descriptors() throws LinuxException {
        if (epoll) {
            return new EpollDescriptorDriver(loop, AgentThreads::onBug);
        }
        var poll = new PollDescriptorDriver(loop, AgentThreads::onBug);
        pump = poll;
        return poll;
    }

    private static void onBug(RuntimeException bug) {
        Logger.error(bug, "a reader on the loop failed");
    }

    @Override
    public void close() {
        if (pump != null) {
            pump.close();
        }
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS * 2, TimeUnit.SECONDS);
    }
}
