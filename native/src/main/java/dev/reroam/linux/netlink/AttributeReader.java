package dev.reroam.linux.netlink;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over attributes: linux/netlink.h {@code nlattr}, 16 bits of length (header included) and 16 of type, then the
 * value, padded to 4 bytes. One thread; reads from the message's buffer without copying, so it lives no longer than the
 * message.
 *
 * <p>The first thing that is wrong ends the walk, here and in every nested reader, and is kept: getters return 0 or nothing
 * from then on, and {@link #check} throws it. So a decoder reads everything and checks once.
 */
public final class AttributeReader {

    private static final int HEADER = 4;
    // linux/netlink.h NLA_F_NESTED | NLA_F_NET_BYTEORDER
    private static final int TYPE_MASK = 0x3fff;

    private final ByteBuffer buffer;
    private final AttributeNames names;
    private final String message;
    private final AttributeReader root;
    private final int end;
    private int next;
    private int valueStart;
    private int valueLength;
    private int rawType;
    // Only the root's is used; null as long as all is well.
    private @Nullable MalformedMessageException error;

    private AttributeReader(
            ByteBuffer buffer,
            int start,
            int end,
            String message,
            AttributeNames names,
            @Nullable AttributeReader root) {
        this.buffer = buffer;
        this.next = start;
        this.valueStart = start;
        this.end = end;
        this.message = message;
        this.names = names;
        this.root = root == null ? this : root;
    }

    /**
     * The attributes between position and limit of {@code payload} that follow a fixed part.
     *
     * @param message what is read, for errors
     * @param fixedLength of the family's header before the attributes; after this call it is known to be there
     * @throws MalformedMessageException when the payload is shorter than the fixed part
     */
    public static AttributeReader after(int fixedLength, ByteBuffer payload, String message, AttributeNames names)
            throws MalformedMessageException {
        if (payload.remaining() < fixedLength) {
            throw MalformedMessageException.sampled(
                    message, payload.remaining() + " bytes, not the " + fixedLength + " of its fixed part", payload);
        }
        int start = Math.min(payload.limit(), payload.position() + MessageHeader.align4(fixedLength));
        return new AttributeReader(payload, start, payload.limit(), message, names, null);
    }

    /** Moves to the next attribute; false at the end and after the first error. */
    public boolean next() {
        if (root.error != null || next >= end) {
            return false;
        }
        int left = end - next;
        if (left < HEADER) {
            return fail(left + " bytes after the last attribute");
        }
        int length = Short.toUnsignedInt(buffer.getShort(next));
        rawType = Short.toUnsignedInt(buffer.getShort(next + 2));
        if (length < HEADER || length > left) {
            valueLength = 0;
            return fail("length " + length + " where " + left + " bytes are left");
        }
        valueStart = next + HEADER;
        valueLength = length - HEADER;
        next = Math.min(end, next + MessageHeader.align4(length));
        return true;
    }

    /** The attribute's number, without the two flag bits. */
    public int type() {
        return rawType & TYPE_MASK;
    }

    /** Bytes of the value. */
    public int length() {
        return valueLength;
    }

    /** An unsigned byte. */
    public int u8() {
        return exactly(1) ? Byte.toUnsignedInt(buffer.get(valueStart)) : 0;
    }

    /** Two bytes in the machine's order. */
    public int u16() {
        return exactly(2) ? Short.toUnsignedInt(buffer.getShort(valueStart)) : 0;
    }

    /** Four bytes in the machine's order; as a signed int, or as bits. */
    public int u32() {
        return exactly(4) ? buffer.getInt(valueStart) : 0;
    }

    /** Eight bytes in the machine's order. */
    public long u64() {
        return exactly(8) ? buffer.getLong(valueStart) : 0;
    }

    /** Two bytes in network order, such as a port. */
    public int be16() {
        return exactly(2) ? (byteAt(0) << 8 | byteAt(1)) : 0;
    }

    /** Four bytes in network order. */
    public int be32() {
        return exactly(4) ? be32(0) : 0;
    }

    /** Eight bytes in network order. */
    public long be64() {
        return exactly(8) ? be64(0) : 0;
    }

    /** Text up to its NUL, or to the end where the kernel wrote none. */
    public String string() {
        int length = 0;
        while (length < valueLength && buffer.get(valueStart + length) != 0) {
            length++;
        }
        byte[] text = new byte[length];
        buffer.get(valueStart, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** A copy of the value. */
    public byte[] bytes() {
        byte[] copy = new byte[valueLength];
        buffer.get(valueStart, copy);
        return copy;
    }

    /** An address of either family, told by its length. */
    public IpAddress address() {
        if (valueLength == IpFamily.V4.bytes()) {
            return new IpAddress(IpFamily.V4, 0, Integer.toUnsignedLong(be32()));
        }
        return address(IpFamily.V6);
    }

    /** An address of this family. */
    public IpAddress address(IpFamily family) {
        if (!exactly(family.bytes())) {
            return family == IpFamily.V4 ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
        }
        return family == IpFamily.V4
                ? new IpAddress(IpFamily.V4, 0, Integer.toUnsignedLong(be32()))
                : new IpAddress(IpFamily.V6, be64(0), be64(8));
    }

    /** A byte of a structure in the value. */
    public int u8At(int offset) {
        return holds(offset, 1) ? byteAt(offset) : 0;
    }

    /** Two bytes of a structure in the value, machine's order. */
    public int u16At(int offset) {
        return holds(offset, 2) ? Short.toUnsignedInt(buffer.getShort(valueStart + offset)) : 0;
    }

    /** Four bytes of a structure in the value, machine's order. */
    public int u32At(int offset) {
        return holds(offset, 4) ? buffer.getInt(valueStart + offset) : 0;
    }

    /** Eight bytes of a structure in the value, machine's order. */
    public long u64At(int offset) {
        return holds(offset, 8) ? buffer.getLong(valueStart + offset) : 0;
    }

    /** Two bytes of a structure in the value, network order. */
    public int be16At(int offset) {
        return holds(offset, 2) ? byteAt(offset) << 8 | byteAt(offset + 1) : 0;
    }

    /** Four bytes of a structure in the value, network order. */
    public int be32At(int offset) {
        return holds(offset, 4) ? be32(offset) : 0;
    }

    /** Eight bytes of a structure in the value, network order. */
    public long be64At(int offset) {
        return holds(offset, 8) ? be64(offset) : 0;
    }

    /** The attributes inside this one. */
    public AttributeReader nested(AttributeNames inner) {
        return region(0, valueLength, inner);
    }

    /** The attributes in a part of this one's value; an empty reader and an error where the value is shorter. */
    public AttributeReader region(int offset, int length, AttributeNames inner) {
        boolean inside = length >= 0 && holds(offset, length);
        int start = inside ? valueStart + offset : end;
        return new AttributeReader(buffer, start, inside ? start + length : end, message, inner, root);
    }

    /** Records that this attribute's value makes no sense; the first such report counts. */
    public void reject(String why) {
        fail(why);
    }

    /**
     * Throws the first thing that was wrong, here or in any reader nested in the same message.
     */
    public void check() throws MalformedMessageException {
        if (root.error != null) {
            throw root.error;
        }
    }

    private boolean exactly(int length) {
        return root.error == null && (valueLength == length || fail(valueLength + " bytes, not " + length));
    }

    private boolean holds(int offset, int length) {
        boolean inside = offset >= 0 && offset <= valueLength - length;
        return root.error == null
                && (inside || fail(valueLength + " bytes, not the " + (offset + length) + " of its structure"));
    }

    private boolean fail(String why) {
        if (root.error == null) {
            root.error = new MalformedMessageException(message + ": " + names.name(type()), why);
        }
        return false;
    }

    private int byteAt(int offset) {
        return Byte.toUnsignedInt(buffer.get(valueStart + offset));
    }

    private int be32(int offset) {
        return byteAt(offset) << 24 | byteAt(offset + 1) << 16 | byteAt(offset + 2) << 8 | byteAt(offset + 3);
    }

    private long be64(int offset) {
        long bits = buffer.getLong(valueStart + offset);
        return buffer.order() == ByteOrder.BIG_ENDIAN ? bits : Long.reverseBytes(bits);
    }
}
