package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.NetlinkListener;
import dev.reroam.linux.netlink.NetlinkTransport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Announces a default route that moves to and fro between two interfaces, as the kernel would, without a kernel: whoever
 * listens to it has read such announcements before the first real one. Used by one thread.
 */
public final class RouteRehearsal {

    private static final int ROOM = 128;
    // linux/rtnetlink.h RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST
    private static final int BOOT = 3;
    private static final int UNIVERSE = 0;
    private static final int UNICAST = 1;

    private RouteRehearsal() {}

    /** Announces so many moves; each ends a batch. Nothing is opened. */
    public static void play(RouteEventConsumer consumer, int moves) {
        var announcements = new Announcements();
        var listener = new NetlinkListener(announcements, ByteOrder.nativeOrder(), new RouteWatch.Decoder(consumer));
        announcements.play(listener, moves);
    }

    /** RTM_NEWROUTE of {@code default via 192.0.2.1 dev #LINK src 192.0.2.2} (RFC 5737: an address of documentation). */
    private static ByteBuffer defaultRoute(int link) {
        var message = ByteBuffer.allocate(ROOM).order(ByteOrder.nativeOrder());
        message.putInt(0).putShort((short) Rtm.NEWROUTE).putShort((short) MessageHeader.REPLACE);
        message.putInt(0).putInt(0);
        new AttributeWriter(message)
                .fixed8(IpFamily.V4.number())
                .fixed8(0)
                .fixed8(0)
                .fixed8(0)
                .fixed8(Route.TABLE_MAIN)
                .fixed8(BOOT)
                .fixed8(UNIVERSE)
                .fixed8(UNICAST)
                .fixed32(0)
                .u32(RouteCodec.TABLE, Route.TABLE_MAIN)
                .address(RouteCodec.PREFSRC, IpAddress.parse("192.0.2.2"))
                .address(RouteCodec.GATEWAY, IpAddress.parse("192.0.2.1"))
                .u32(RouteCodec.OIF, link);
        message.flip();
        return message.putInt(0, message.limit());
    }

    /** A kernel that announces one thing at a time. */
    private static final class Announcements implements NetlinkTransport {

        private final ByteBuffer[] routes = {defaultRoute(2), defaultRoute(3)};
        private int moves;
        private boolean pending;

        void play(NetlinkListener listener, int times) {
            for (moves = 0; moves < times; moves++) {
                pending = true;
                listener.onReadable();
            }
        }

        @Override
        public int receive(ByteBuffer into, boolean peek) {
            if (!pending) {
                return -Errno.EAGAIN.number();
            }
            pending = false;
            var route = routes[moves % 2];
            into.put(into.position(), route, 0, route.limit());
            return route.limit();
        }

        @Override
        public int sender() {
            return 0;
        }

        @Override
        public int send(ByteBuffer message) {
            throw new UnsupportedOperationException("it only announces");
        }

        @Override
        public int await(int timeoutMillis) {
            return 0;
        }

        @Override
        public int portId() {
            return 1;
        }

        @Override
        public int join(int group) {
            return 0;
        }

        @Override
        public int leave(int group) {
            return 0;
        }

        @Override
        public void listen(DescriptorLoop loop, Runnable onReadable) {}

        @Override
        public void close() {}
    }
}
