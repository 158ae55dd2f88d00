package dev.reroam.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One message to the kernel, in a buffer that is used again for the next. One thread.
 *
 * <pre>{@code
 * AttributeWriter body = request.begin("look up path", RTM_GETROUTE, 0);
 * body.fixed8(AF_INET)...;
 * socket.ask(request, consumer);
 * }</pre>
 */
public final class Request {

    private final ByteBuffer buffer;
    private final AttributeWriter body;
    private String operation = "nothing";
    private boolean sealed;

    /**
     * @param capacity of the message in bytes; what does not fit is an IllegalArgumentException of the writer
     */
    public Request(int capacity) {
        this(capacity, ByteOrder.nativeOrder());
    }

    /** A request in the byte order of another machine, for tests of the encoding. */
    public Request(int capacity, ByteOrder order) {
        buffer = ByteBuffer.allocateDirect(capacity).order(order);
        body = new AttributeWriter(buffer);
    }

    /**
     * Starts over.
     *
     * @param what the operation in words, for errors: {@code look up path}
     * @param flags {@link MessageHeader} flags of the request; {@link MessageHeader#REQUEST} is added, and so are the ones
     *     that the way of sending needs
     * @return the writer for the family's fixed header and its attributes
     */
    public AttributeWriter begin(String what, int type, int flags) {
        operation = what;
        sealed = false;
        buffer.clear();
        buffer.putInt(0).putShort((short) type).putShort((short) (flags | MessageHeader.REQUEST));
        buffer.putInt(0).putInt(0);
        return body;
    }

    /** What is asked, in words. */
    public String operation() {
        return operation;
    }

    /** Overwrites the buffer with zeros, for requests that held keys. */
    public void wipe() {
        buffer.clear();
        while (buffer.remaining() >= Long.BYTES) {
            buffer.putLong(0);
        }
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0);
        }
        buffer.clear();
    }

    /**
     * The message between position and limit, ready to send. It may be sealed and sent again as it is; writing starts over
     * with {@link #begin}.
     */
    ByteBuffer seal(int flags, int sequence, int portId) {
        if (!sealed) {
            buffer.flip();
            sealed = true;
        }
        buffer.putInt(0, buffer.limit())
                .putShort(6, (short) (buffer.getShort(6) | flags))
                .putInt(8, sequence)
                .putInt(12, portId);
        return buffer;
    }

    /** Type, flags and length, for errors. */
    String summary() {
        var header = MessageHeader.read(buffer, 0);
        return "request type " + header.type() + " flags 0x" + Integer.toHexString(header.flags()) + " of "
                + header.length() + " bytes";
    }
}
