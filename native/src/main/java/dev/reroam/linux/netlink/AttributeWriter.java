package dev.reroam.linux.netlink;

import dev.reroam.linux.ip.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes a family's fixed header and attributes into a buffer, in the buffer's byte order. One thread.
 *
 * <p>What does not fit is an IllegalArgumentException and leaves nothing half written; a family that splits large changes
 * asks {@link #remaining} first, or goes back with {@link #rewind}.
 */
public final class AttributeWriter {

    private static final int HEADER = 4;
    // linux/netlink.h NLA_F_NESTED
    private static final int NESTED = 0x8000;
    private static final int MAX_LENGTH = 0xffff;

    private final ByteBuffer buffer;

    /** Writes from the buffer's position on; the owner of the buffer may use its order for another machine's bytes. */
    public AttributeWriter(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    /** A byte of the fixed header. */
    public AttributeWriter fixed8(int value) {
        room(1);
        buffer.put((byte) value);
        return this;
    }

    /** Two bytes of the fixed header. */
    public AttributeWriter fixed16(int value) {
        room(2);
        buffer.putShort((short) value);
        return this;
    }

    /** Four bytes of the fixed header. */
    public AttributeWriter fixed32(int value) {
        room(4);
        buffer.putInt(value);
        return this;
    }

    /** Raw bytes of the fixed header. */
    public AttributeWriter fixed(byte[] bytes) {
        room(bytes.length);
        buffer.put(bytes);
        return this;
    }

    /** An attribute of one byte. */
    public AttributeWriter u8(int type, int value) {
        header(type, 1).put((byte) value);
        return pad(1);
    }

    /** An attribute of two bytes, machine's order. */
    public AttributeWriter u16(int type, int value) {
        header(type, 2).putShort((short) value);
        return pad(2);
    }

    /** An attribute of four bytes, machine's order. */
    public AttributeWriter u32(int type, int value) {
        header(type, 4).putInt(value);
        return this;
    }

    /** An attribute of eight bytes, machine's order. */
    public AttributeWriter u64(int type, long value) {
        header(type, 8).putLong(value);
        return this;
    }

    /** An attribute of two numbers of two bytes each, machine's order, such as a range of ports in a rule. */
    public AttributeWriter u16Pair(int type, int first, int second) {
        header(type, 4).putShort((short) first).putShort((short) second);
        return this;
    }

    /** An attribute of two numbers of four bytes each, machine's order. */
    public AttributeWriter u32Pair(int type, int first, int second) {
        header(type, 8).putInt(first).putInt(second);
        return this;
    }

    /** An attribute of two bytes in network order, such as a port. */
    public AttributeWriter be16(int type, int value) {
        header(type, 2).put((byte) (value >>> 8)).put((byte) value);
        return pad(2);
    }

    /** An attribute of four bytes in network order. */
    public AttributeWriter be32(int type, int value) {
        header(type, 4)
                .put((byte) (value >>> 24))
                .put((byte) (value >>> 16))
                .put((byte) (value >>> 8))
                .put((byte) value);
        return this;
    }

    /** An attribute of text with its NUL. */
    public AttributeWriter string(int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        header(type, bytes.length + 1).put(bytes).put((byte) 0);
        return pad(bytes.length + 1);
    }

    /** An attribute of raw bytes. */
    public AttributeWriter bytes(int type, byte[] value) {
        header(type, value.length).put(value);
        return pad(value.length);
    }

    /** An attribute of raw bytes between position and limit of {@code value}, which is not moved. */
    public AttributeWriter bytes(int type, ByteBuffer value) {
        int length = value.remaining();
        header(type, length).put(buffer.position(), value, value.position(), length);
        buffer.position(buffer.position() + length);
        return pad(length);
    }

    /** An attribute that is an address of 4 or 16 bytes. */
    public AttributeWriter address(int type, IpAddress address) {
        return bytes(type, address.bytes());
    }

    /** An attribute that is an address with its family before it: linux/rtnetlink.h {@code rtvia}. */
    public AttributeWriter addressWithFamily(int type, IpAddress address) {
        byte[] bytes = address.bytes();
        header(type, 2 + bytes.length)
                .putShort((short) address.family().number())
                .put(bytes);
        return pad(2 + bytes.length);
    }

    /** An attribute without value. */
    public AttributeWriter flag(int type) {
        header(type, 0);
        return this;
    }

    /** Begins an attribute that holds attributes; returns the mark for {@link #end} and {@link #rewind}. */
    public int nest(int type) {
        int mark = buffer.position();
        header(type | NESTED, 0);
        return mark;
    }

    /**
     * Ends the attribute begun at {@code mark}.
     *
     * @throws IllegalArgumentException when it grew beyond the 65,535 bytes that its length can say
     */
    public AttributeWriter end(int mark) {
        int length = buffer.position() - mark;
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("nested attribute of " + length + " bytes");
        }
        buffer.putShort(mark, (short) length);
        return this;
    }

    /** Where the next byte goes; a mark for {@link #rewind}. */
    public int position() {
        return buffer.position();
    }

    /** Forgets everything written since {@code mark}. */
    public AttributeWriter rewind(int mark) {
        buffer.position(mark);
        return this;
    }

    /** Bytes that still fit. */
    public int remaining() {
        return buffer.remaining();
    }

    private ByteBuffer header(int type, int valueLength) {
        if (valueLength > MAX_LENGTH - HEADER) {
            throw new IllegalArgumentException("attribute of " + valueLength + " bytes");
        }
        room(HEADER + MessageHeader.align4(valueLength));
        return buffer.putShort((short) (HEADER + valueLength)).putShort((short) type);
    }

    private AttributeWriter pad(int valueLength) {
        for (int i = valueLength; (i & 3) != 0; i++) {
            buffer.put((byte) 0);
        }
        return this;
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes) {
            throw new IllegalArgumentException(
                    "message exceeds its " + buffer.capacity() + " bytes: " + bytes + " more");
        }
    }
}
