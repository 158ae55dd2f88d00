package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.EpollDescriptorDriver;
import dev.reroam.netcheck.NetcheckRun;
import dev.reroam.netcheck.Wish;
import dev.reroam.stun.StunServer;
import dev.reroam.web.Api.Netchecking;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may have the agent look at the uplinks, and when; there are none here. */
class NetchecksTest {

    private static final long BOUND_SECONDS = 20;

    private final LinkedBlockingQueue<RuntimeException> bugs = new LinkedBlockingQueue<>();
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final IoEventLoop loop = group.next();
    private final Queue<Runnable> slow = new ArrayDeque<>();
    private final CompletableFuture<Void> seen = new CompletableFuture<>();
    private boolean full;
    private Netchecks netchecks;

    @BeforeEach
    void start() throws Exception {
        netchecks = on(() -> {
            var descriptors = new EpollDescriptorDriver(loop, bugs::add);
            return new Netchecks(
                    loop,
                    task -> {
                        if (full) {
                            throw new RejectedExecutionException();
                        }
                        slow.add(task);
                    },
                    seen,
                    servers -> new NetcheckRun.Outside(
                            loop,
                            descriptors,
                            Clock.system(),
                            new SecureRandom(),
                            (uplink, to, tcp) -> Optional.empty(),
                            (uplink, host, then) -> Optional::empty),
                    () -> new Wish(List.of(), StunServer.DEFAULTS, Optional.empty(), false));
        });
    }

    @AfterEach
    void end() throws Exception {
        on(() -> {
            netchecks.close();
            return true;
        });
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        assertEquals(List.of(), List.copyOf(bugs));
    }

    private <T> T on(Callable<T> task) throws Exception {
        return loop.submit(task).get(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void waitsUntilItIsKnownWhichUplinksThereAre() throws Exception {
        var begun = assertInstanceOf(Netchecking.Begun.class, on(netchecks::begin));
        on(() -> {
            slow.remove().run();
            return true;
        });
        on(() -> true);
        assertFalse(begun.report().toCompletableFuture().isDone());
        on(() -> seen.complete(null));
        begun.report().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void oneAtATimeAndThenTheNext() throws Exception {
        seen.complete(null);
        for (int i = 0; i < 2; i++) {
            var begun = assertInstanceOf(Netchecking.Begun.class, on(netchecks::begin));
            assertInstanceOf(Netchecking.Busy.class, on(netchecks::begin));
            on(() -> {
                slow.remove().run();
                return true;
            });
            String report = begun.report().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
            assertTrue(report.endsWith("\"uplinks\":[]}"), report);
        }
    }

    @Test
    void doesNotBeginWhereTheSlowLaneIsFull() throws Exception {
        full = true;
        assertInstanceOf(Netchecking.Busy.class, on(netchecks::begin));
        full = false;
        assertInstanceOf(Netchecking.Begun.class, on(netchecks::begin));
    }

    @Test
    void doesNotBeginAfterTheEnd() throws Exception {
        seen.complete(null);
        var begun = assertInstanceOf(Netchecking.Begun.class, on(netchecks::begin));
        on(() -> {
            netchecks.close();
            slow.remove().run();
            return true;
        });
        // Behind whatever that has put on the loop.
        on(() -> true);
        assertFalse(begun.report().toCompletableFuture().isDone());
    }
}
