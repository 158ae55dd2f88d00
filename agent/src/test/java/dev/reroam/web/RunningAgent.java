package dev.reroam.web;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A {@link FakeApi} behind a real control socket on a loop of its own. */
public final class RunningAgent implements AutoCloseable {

    /** What the loop is made of. */
    public enum Driver {
        EPOLL,
        NIO;

        IoHandlerFactory factory() {
            return this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        }
    }

    private final MultiThreadIoEventLoopGroup group;
    private final FakeApi api = new FakeApi();
    private final ControlSocket socket;

    public RunningAgent(Driver driver, Path path) throws Exception {
        group = new MultiThreadIoEventLoopGroup(1, driver.factory());
        try {
            socket = ControlSocket.open(loop(), path, api).get();
        } catch (java.util.concurrent.ExecutionException e) {
            stop();
            throw (Exception) e.getCause();
        }
    }

    IoEventLoop loop() {
        return group.next();
    }

    /** Does something with the agent on its loop. */
    public <T> T with(Callable<T> what) throws Exception {
        return group.next().submit(what).get();
    }

    public void tell(AgentEvent event) throws Exception {
        with(() -> {
            api.tell(event);
            return "";
        });
    }

    public int listeners() throws Exception {
        return with(api::listeners);
    }

    public FakeApi api() {
        return api;
    }

    @Override
    public void close() {
        group.next().submit(socket::close).syncUninterruptibly();
        stop();
    }

    private void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
