package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Splits datagrams into messages. One buffer for the life of the socket, grown only when a datagram is larger. One thread.
 */
final class Inbox {

    // Kernels hand out dumps in pieces of up to 32 KiB when the reader offers that much (net/netlink/af_netlink.c).
    private static final int INITIAL_BYTES = 32 * 1024;
    // Ours: larger than any message that a kernel can make of attributes with 16-bit lengths and a bounded skb.
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private final NetlinkTransport transport;
    private ByteBuffer buffer;
    private ByteBuffer payload;
    private int end;
    private int next;
    private long foreign;

    Inbox(NetlinkTransport transport, ByteOrder order) {
        this.transport = transport;
        this.buffer = ByteBuffer.allocateDirect(INITIAL_BYTES).order(order);
        this.payload = buffer.duplicate().order(order);
    }

    /**
     * Receives the next datagram, never waiting. A datagram that is larger than the buffer stays queued until the buffer
     * has grown, so nothing is cut; one from another process is dropped and counted.
     *
     * @return 1 when there is one, 0 when a foreign one was dropped, else minus errno
     */
    int receiveWhole() {
        buffer.clear();
        int length = transport.receive(buffer, true);
        if (length > buffer.capacity()) {
            grow(length);
        }
        return length < 0 ? length : receive();
    }

    /**
     * Receives the next datagram, never waiting, and cuts one that is larger than the buffer, which then grows for the next.
     *
     * @return 1 when there is one, 0 when a foreign one was dropped, else minus errno: EMSGSIZE for one that was cut
     */
    int receive() {
        buffer.clear();
        end = 0;
        next = 0;
        int length = transport.receive(buffer, false);
        if (length < 0) {
            return length;
        }
        if (transport.sender() != 0) {
            foreign++;
            return 0;
        }
        if (length > buffer.capacity()) {
            grow(length);
            return -Errno.EMSGSIZE.number();
        }
        end = length;
        return 1;
    }

    /** Datagrams that did not come from the kernel, since the socket was opened. */
    long foreign() {
        return foreign;
    }

    /** The next header of the datagram; null at its end. Its payload is then in {@link #payload}. */
    @Nullable
    MessageHeader next() throws MalformedMessageException {
        int left = end - next;
        if (left == 0) {
            return null;
        }
        if (left < MessageHeader.LENGTH) {
            throw MalformedMessageException.sampled("datagram", left + " bytes after the last message", rest());
        }
        var header = MessageHeader.read(buffer, next);
        if (header.length() < MessageHeader.LENGTH || header.length() > left) {
            throw MalformedMessageException.sampled(
                    "datagram", "message of " + header.length() + " bytes where " + left + " are left", rest());
        }
        payload.limit(next + header.length()).position(next + MessageHeader.LENGTH);
        // The last message need not be padded.
        next = Math.min(end, next + MessageHeader.align4(header.length()));
        return header;
    }

    /** The payload of the message that {@link #next} returned. */
    ByteBuffer payload() {
        return payload;
    }

    /** Overwrites the buffer with zeros. */
    void wipe() {
        for (int i = 0; i < buffer.capacity(); i += Long.BYTES) {
            buffer.putLong(i, 0);
        }
        end = 0;
        next = 0;
    }

    // Only the header: what follows may be a key.
    private ByteBuffer rest() {
        var sample = buffer.duplicate();
        sample.limit(Math.min(end, next + MessageHeader.LENGTH)).position(next);
        next = end;
        return sample;
    }

    private void grow(int needed) {
        if (needed > MAX_BYTES) {
            return;
        }
        int capacity = Integer.highestOneBit(needed - 1) << 1;
        wipe();
        buffer = ByteBuffer.allocateDirect(capacity).order(buffer.order());
        payload = buffer.duplicate().order(buffer.order());
    }
}
