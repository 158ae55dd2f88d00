package dev.reroam.linux.route;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.MulticastConsumer;
import dev.reroam.linux.netlink.NetlinkListener;
import dev.reroam.linux.netlink.NetlinkProtocol;
import java.nio.ByteBuffer;

/**
 * Hears every change of links, addresses, routes, rules and next hops. Confined to the agent loop, and to the network
 * namespace of the thread that opens it.
 *
 * <p>Opened and joined before the first dump, so that nothing falls between; what changed in between is then heard twice.
 * Neighbours are left out unless asked for: a busy LAN has hundreds of their events a minute.
 */
public final class RouteWatch implements AutoCloseable {

    // linux/rtnetlink.h RTNLGRP_*
    private static final int LINK = 1;
    private static final int NEIGH = 3;
    private static final int IPV4_IFADDR = 5;
    private static final int IPV4_ROUTE = 7;
    private static final int IPV4_RULE = 8;
    private static final int IPV6_IFADDR = 9;
    private static final int IPV6_ROUTE = 11;
    private static final int IPV6_RULE = 19;
    private static final int NEXTHOP = 32;
    private static final int[] GROUPS = {LINK, IPV4_IFADDR, IPV6_IFADDR, IPV4_ROUTE, IPV6_ROUTE, IPV4_RULE, IPV6_RULE};

    // Ours: an announcement costs up to some 800 bytes of it, so a storm of 5,000 routes fits while the loop does other
    // things; it is only a bound, the kernel takes the memory when it needs it.
    private static final int RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

    private final NetlinkListener listener;

    private RouteWatch(NetlinkListener listener) {
        this.listener = listener;
    }

    /** Opens the socket and joins the groups; nothing is delivered before {@link #listen}. */
    public static RouteWatch open(RouteEventConsumer consumer) throws LinuxException {
        var listener = NetlinkListener.open(NetlinkProtocol.ROUTE, RECEIVE_BUFFER_BYTES, new Decoder(consumer));
        try {
            for (int group : GROUPS) {
                listener.join(group);
            }
            joinNextHops(listener);
        } catch (LinuxException e) {
            listener.close();
            throw e;
        }
        return new RouteWatch(listener);
    }

    private static void joinNextHops(NetlinkListener listener) throws LinuxException {
        try {
            listener.join(NEXTHOP);
        } catch (LinuxException e) {
            // Before Linux 5.3 there are no next hop objects, hence nothing to miss.
            if (!e.errno().equals(Errno.EINVAL)) {
                throw e;
            }
        }
    }

    /** Hears neighbours too, from now on. */
    public RouteWatch withNeighbours() throws LinuxException {
        listener.join(NEIGH);
        return this;
    }

    /** Hears neighbours no longer; events that were announced before may still come. */
    public RouteWatch withoutNeighbours() throws LinuxException {
        listener.leave(NEIGH);
        return this;
    }

    /** Starts delivering. */
    public RouteWatch listen(DescriptorLoop loop) throws LinuxException {
        listener.listen(loop);
        return this;
    }

    /** Stops and closes the socket; idempotent. */
    @Override
    public void close() {
        listener.close();
    }

    /** Turns announcements into events. */
    static final class Decoder implements MulticastConsumer {

        private final RouteEventConsumer consumer;

        Decoder(RouteEventConsumer consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onMessage(MessageHeader header, ByteBuffer payload) throws MalformedMessageException {
            var decoded = Rtm.decode(header.type(), payload);
            if (decoded.isEmpty() || (decoded.get() instanceof Route route && route.isCached())) {
                return;
            }
            RouteObject object = decoded.get();
            consumer.onEvent(
                    Rtm.isRemoval(header.type())
                            ? new RouteEvent.Removed(object)
                            : new RouteEvent.Changed(object, (header.flags() & MessageHeader.REPLACE) != 0));
        }

        @Override
        public void onMalformed(MalformedMessageException reason) {
            consumer.onEvent(new RouteEvent.Unreadable(reason));
        }

        @Override
        public void onLost(Errno reason) {
            consumer.onEvent(new RouteEvent.Lost(reason));
        }

        @Override
        public void onBatchEnd() {
            consumer.onBatchEnd();
        }
    }
}
