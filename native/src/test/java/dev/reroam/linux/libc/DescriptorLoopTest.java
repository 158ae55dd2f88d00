package dev.reroam.linux.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both drivers keep the same promises. */
class DescriptorLoopTest {

    enum Driver {
        EPOLL,
        POLL
    }

    private static final long BOUND_SECONDS = 10;

    private final LinkedBlockingQueue<RuntimeException> bugs = new LinkedBlockingQueue<>();
    private MultiThreadIoEventLoopGroup group;
    private IoEventLoop loop;
    private DescriptorLoop descriptors;

    private void start(Driver driver) throws LinuxException {
        group = new MultiThreadIoEventLoopGroup(
                1, driver == Driver.EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        loop = group.next();
        descriptors = switch (driver) {
            case EPOLL -> new EpollDescriptorDriver(loop, bugs::add);
            case POLL -> new PollDescriptorDriver(loop, bugs::add);
        };
    }

    @AfterEach
    void stop() throws Exception {
        if (descriptors instanceof PollDescriptorDriver pump) {
            pump.close();
        }
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    private static Descriptor counter() throws LinuxException {
        return Descriptor.own("test eventfd", Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC));
    }

    private static void add(Descriptor counter, long value) {
        var bytes = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).putLong(0, value);
        assertEquals(8, Libc.write(counter.fd(), bytes));
    }

    private static long take(Descriptor counter) {
        var bytes = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        int result = Libc.read(counter.fd(), bytes);
        return result < 0 ? result : bytes.getLong(0);
    }

    @ParameterizedTest
    @EnumSource
    void callsBackOnTheLoopForEachInput(Driver driver) throws Exception {
        start(driver);
        var counter = counter();
        var seen = new LinkedBlockingQueue<Long>();
        var thread = new LinkedBlockingQueue<Boolean>();
        onLoop(() -> {
            counter.onReadable(descriptors, () -> {
                thread.add(loop.inEventLoop());
                seen.add(take(counter));
            });
            return null;
        });
        for (long i = 1; i <= 100; i++) {
            add(counter, i);
            assertEquals(i, seen.poll(BOUND_SECONDS, TimeUnit.SECONDS));
            assertEquals(true, thread.poll());
        }
        onLoop(() -> {
            counter.close();
            return null;
        });

        assertTrue(bugs.isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void callsAgainWhileInputIsLeft(Driver driver) throws Exception {
        start(driver);
        var counter = counter();
        var third = new CountDownLatch(3);
        onLoop(() -> {
            counter.onReadable(descriptors, () -> {
                third.countDown();
                if (third.getCount() == 0) {
                    take(counter);
                }
            });
            return null;
        });
        add(counter, 1);
        assertTrue(third.await(BOUND_SECONDS, TimeUnit.SECONDS));
        onLoop(() -> {
            counter.close();
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource
    void staysSilentAfterClosingAlsoWhenTheNumberIsUsedAgain(Driver driver) throws Exception {
        start(driver);
        var calls = new AtomicInteger();
        var successor = onLoop(() -> {
            var first = counter();
            first.onReadable(descriptors, calls::incrementAndGet);
            add(first, 1);
            int number = first.fd();
            first.close();
            first.close();
            var second = counter();
            assertEquals(number, second.fd());
            return second;
        });
        var heard = new CountDownLatch(1);
        onLoop(() -> {
            successor.onReadable(descriptors, () -> {
                take(successor);
                heard.countDown();
            });
            return null;
        });
        add(successor, 7);
        assertTrue(heard.await(BOUND_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, calls.get());
        onLoop(() -> {
            successor.close();
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource
    void closingInsideTheCallbackIsAllowed(Driver driver) throws Exception {
        start(driver);
        var counter = counter();
        var closed = new CountDownLatch(1);
        onLoop(() -> {
            counter.onReadable(descriptors, () -> {
                counter.close();
                closed.countDown();
            });
            return null;
        });
        add(counter, 1);
        assertTrue(closed.await(BOUND_SECONDS, TimeUnit.SECONDS));
        assertFalse(onLoop(counter::isOpen));
        assertTrue(bugs.isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void aThrowingCallbackIsReportedAndCalledAgain(Driver driver) throws Exception {
        start(driver);
        var counter = counter();
        var seen = new LinkedBlockingQueue<Long>();
        var bug = new IllegalStateException("thrown by the test");
        onLoop(() -> {
            counter.onReadable(descriptors, () -> {
                long value = take(counter);
                if (value == 1) {
                    throw bug;
                }
                seen.add(value);
            });
            return null;
        });
        add(counter, 1);
        assertSame(bug, bugs.poll(BOUND_SECONDS, TimeUnit.SECONDS));
        add(counter, 2);
        assertEquals(2, seen.poll(BOUND_SECONDS, TimeUnit.SECONDS));
        onLoop(() -> {
            counter.close();
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource
    void servesManyDescriptorsAtOnce(Driver driver) throws Exception {
        start(driver);
        int many = 40;
        var heard = new CountDownLatch(many);
        var counters = onLoop(() -> {
            var opened = new java.util.ArrayList<Descriptor>();
            for (int i = 0; i < many; i++) {
                var counter = counter();
                counter.onReadable(descriptors, () -> {
                    take(counter);
                    heard.countDown();
                });
                opened.add(counter);
            }
            return opened;
        });
        counters.forEach(counter -> add(counter, 1));
        assertTrue(heard.await(BOUND_SECONDS, TimeUnit.SECONDS));
        onLoop(() -> {
            counters.forEach(Descriptor::close);
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource
    void spendsNoTimeWhileTheLoopIsBusy(Driver driver) throws Exception {
        start(driver);
        var counter = counter();
        var busy = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        var calls = new AtomicInteger();
        onLoop(() -> {
            counter.onReadable(descriptors, () -> {
                calls.incrementAndGet();
                entered.countDown();
                try {
                    busy.await(BOUND_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                take(counter);
            });
            return null;
        });
        add(counter, 1);
        assertTrue(entered.await(BOUND_SECONDS, TimeUnit.SECONDS));
        // The input stays unread for a while; a pump that did not disarm would spin in this time.
        long before = pumpContextSwitches();
        busy.await(200, TimeUnit.MILLISECONDS);
        assertTrue(pumpContextSwitches() - before <= 2, "the pump woke while the loop was busy");
        busy.countDown();
        onLoop(() -> {
            counter.close();
            return null;
        });
        assertEquals(1, calls.get());
    }

    /** Voluntary and forced context switches of the pump thread; 0 with the epoll driver, which has none. */
    private static long pumpContextSwitches() throws Exception {
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            for (var task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).strip().equals("reroam-poll")) {
                    return Files.readAllLines(task.resolve("status")).stream()
                            .filter(line -> line.contains("ctxt_switches"))
                            .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                            .sum();
                }
            }
        }
        return 0;
    }

    @ParameterizedTest
    @EnumSource
    void aSecondCallbackIsRefused(Driver driver) throws Exception {
        start(driver);
        var counter = counter();
        onLoop(() -> {
            counter.onReadable(descriptors, () -> {});
            assertThrows(IllegalStateException.class, () -> counter.onReadable(descriptors, () -> {}));
            counter.close();
            return null;
        });
    }

    @Test
    void aFileCannotBeWaitedForInEpoll(@TempDir Path folder) throws Exception {
        start(Driver.EPOLL);
        String path = folder.resolve("file").toString();
        try (var file = Descriptor.own("file", Libc.open(path, Libc.O_RDWR | Libc.O_CREAT, 0600))) {
            var refusal =
                    onLoop(() -> assertThrows(LinuxException.class, () -> file.onReadable(descriptors, () -> {})));
            assertEquals(Errno.EPERM, refusal.errno());
        }
        // The loop goes on for others.
        var counter = counter();
        var heard = new CountDownLatch(1);
        onLoop(() -> {
            counter.onReadable(descriptors, () -> {
                take(counter);
                heard.countDown();
            });
            return null;
        });
        add(counter, 1);
        assertTrue(heard.await(BOUND_SECONDS, TimeUnit.SECONDS));
        onLoop(() -> {
            counter.close();
            return null;
        });
    }
}
