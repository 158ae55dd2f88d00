package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import java.nio.ByteOrder;

/**
 * A socket that hears the kernel's announcements. Confined to the agent loop once {@link #listen} was called.
 *
 * <p>Joined before the first dump is asked, so that nothing falls between the two.
 */
public final class NetlinkListener implements AutoCloseable {

    // Ours: at some 10 microseconds each, a turn stays within a millisecond; the descriptor is readable again at once.
    static final int DATAGRAMS_PER_TURN = 64;

    private final NetlinkTransport transport;
    private final Inbox inbox;
    private final MulticastConsumer consumer;
    // Whether the kernel still loses what it would announce.
    private boolean losing;

    /** A listener above a transport; the byte order is the kernel's own except in tests. */
    public NetlinkListener(NetlinkTransport transport, ByteOrder order, MulticastConsumer consumer) {
        this.transport = transport;
        this.inbox = new Inbox(transport, order);
        this.consumer = consumer;
    }

    /**
     * A listener to the kernel, in no group yet.
     *
     * @param receiveBufferBytes how much the kernel may queue before it loses announcements; where CAP_NET_ADMIN is missing
     *     the system's limit holds
     */
    public static NetlinkListener open(NetlinkProtocol protocol, int receiveBufferBytes, MulticastConsumer consumer)
            throws LinuxException {
        var transport = KernelTransport.open(protocol);
        try {
            return new NetlinkListener(transport.receiveBuffer(receiveBufferBytes), ByteOrder.nativeOrder(), consumer);
        } catch (LinuxException e) {
            transport.close();
            throw e;
        }
    }

    /**
     * Joins a group.
     *
     * @throws LinuxException EINVAL where the kernel does not know it, EPERM where we may not hear it
     */
    public NetlinkListener join(int group) throws LinuxException {
        Libc.check("join netlink group " + group, transport.join(group));
        return this;
    }

    /** Leaves a group; what it announced before may still be delivered. */
    public NetlinkListener leave(int group) throws LinuxException {
        Libc.check("leave netlink group " + group, transport.leave(group));
        return this;
    }

    /** Starts hearing. */
    public void listen(DescriptorLoop loop) throws LinuxException {
        transport.listen(loop, this::onReadable);
    }

    /** Datagrams that did not come from the kernel, since the socket was opened. */
    public long foreign() {
        return inbox.foreign();
    }

    /**
     * Reads a turn's worth of announcements; {@link #listen} has it called when there are some.
     *
     * <p>Once its queue has overflowed the kernel loses everything until the queue is read empty, and says so only at the
     * beginning (net/netlink/af_netlink.c {@code netlink_overrun}, {@code netlink_rcv_wake}). So a loss is told twice: at once,
     * and again when it has come to its end, for what happened in between was announced to nobody.
     */
    public void onReadable() {
        for (int i = 0; i < DATAGRAMS_PER_TURN; i++) {
            int result = inbox.receive();
            if (result == -Errno.EAGAIN.number()) {
                if (losing) {
                    losing = false;
                    consumer.onLost(Errno.ENOBUFS);
                }
                break;
            }
            if (result < 0) {
                losing |= result == -Errno.ENOBUFS.number();
                consumer.onLost(new Errno(-result));
            } else {
                deliver();
            }
        }
        consumer.onBatchEnd();
    }

    private void deliver() {
        try {
            for (var header = inbox.next(); header != null; header = inbox.next()) {
                if (header.type() == MessageHeader.NLMSG_OVERRUN) {
                    consumer.onLost(Errno.ENOBUFS);
                } else if (header.type() >= MessageHeader.NLMSG_MIN_TYPE) {
                    deliver(header);
                }
            }
        } catch (MalformedMessageException e) {
            consumer.onMalformed(e);
        }
    }

    private void deliver(MessageHeader header) {
        try {
            consumer.onMessage(header, inbox.payload());
        } catch (MalformedMessageException e) {
            // The codec edge: its frame was sound, so what follows in the datagram can be read.
            consumer.onMalformed(e);
        }
    }

    /** Stops hearing and closes the socket; idempotent. */
    @Override
    public void close() {
        transport.close();
    }
}
