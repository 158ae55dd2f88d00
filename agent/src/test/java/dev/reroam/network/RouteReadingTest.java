package dev.reroam.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.netlink.NetlinkTransport;
import dev.reroam.linux.route.RouteSocket;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteReadingTest {

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final LargeTable table = new LargeTable();

    @AfterEach
    void end() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    // Netty runs what is given to the loop as tasks for up to a second before it looks at anything else.
    @Test
    void aTableWithoutEndDoesNotHoldUpTheLoop() throws Exception {
        var read = new CompletableFuture<Set<?>>();
        loop.submit(() -> {
                    loop.schedule(() -> table.ended = true, 0, TimeUnit.NANOSECONDS);
                    return RouteReading.begin(
                            new RouteSocket(new NetlinkSocket(table, ByteOrder.nativeOrder())),
                            loop,
                            Clock.system(),
                            route -> true,
                            read::complete,
                            read::completeExceptionally);
                })
                .get(10, TimeUnit.SECONDS);
        assertEquals(Set.of(), read.get(10, TimeUnit.SECONDS));
        assertTrue(table.closed);
        assertTrue(table.datagrams < 20, () -> table.datagrams + " datagrams were read before the loop got its turn");
    }

    /** A kernel whose dump says nothing and goes on until told otherwise. Confined to the loop. */
    private static final class LargeTable implements NetlinkTransport {

        // linux/netlink.h NLMSG_NOOP, NLMSG_DONE, NLM_F_MULTI
        private static final short NOOP = 1;
        private static final short DONE = 3;
        private static final short MULTI = 2;

        private boolean ended;
        private boolean closed;
        private int datagrams;
        private int sequence;

        @Override
        public int send(ByteBuffer message) {
            sequence = message.getInt(message.position() + 8);
            return message.remaining();
        }

        @Override
        public int receive(ByteBuffer into, boolean peek) {
            if (!peek) {
                datagrams++;
            }
            int at = into.position();
            into.putInt(at, 20).putShort(at + 4, ended ? DONE : NOOP).putShort(at + 6, MULTI);
            into.putInt(at + 8, sequence).putInt(at + 12, portId()).putInt(at + 16, 0);
            return 20;
        }

        @Override
        public int sender() {
            return 0;
        }

        @Override
        public int await(int timeoutMillis) {
            return 1;
        }

        @Override
        public int portId() {
            return 7;
        }

        @Override
        public int join(int number) {
            return 0;
        }

        @Override
        public int leave(int number) {
            return 0;
        }

        @Override
        public void listen(DescriptorLoop descriptors, Runnable onReadable) throws LinuxException {
            throw new UnsupportedOperationException("nothing is announced");
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
