package dev.reroam.linux.netlink;

import java.nio.ByteBuffer;

/**
 * The 16 bytes before every message: linux/netlink.h {@code nlmsghdr}. Immutable.
 *
 * <pre>
 * 0  length, header included   u32
 * 4  type                      u16
 * 6  flags                     u16
 * 8  sequence                  u32
 * 12 port id                   u32
 * </pre>
 *
 * @param length in bytes, at least {@link #LENGTH}
 */
public record MessageHeader(int length, int type, int flags, int sequence, int portId) {

    /** Bytes of a header. */
    public static final int LENGTH = 16;

    // linux/netlink.h NLMSG_*: types below NLMSG_MIN_TYPE belong to netlink itself.
    static final int NLMSG_NOOP = 1;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLMSG_OVERRUN = 4;
    static final int NLMSG_MIN_TYPE = 16;

    // linux/netlink.h NLM_F_*
    public static final int REQUEST = 0x1;
    public static final int MULTI = 0x2;
    public static final int ACK = 0x4;
    public static final int ECHO = 0x8;
    public static final int DUMP_INTERRUPTED = 0x10;
    /** Of a GET request: all entries (NLM_F_ROOT | NLM_F_MATCH). */
    public static final int DUMP = 0x300;
    /** Of a NEW request: replace what exists. */
    public static final int REPLACE = 0x100;
    /** Of a NEW request: fail when it exists. */
    public static final int EXCLUSIVE = 0x200;
    /** Of a NEW request: make it when it does not exist. */
    public static final int CREATE = 0x400;
    /** Of a NEW request: add at the end. */
    public static final int APPEND = 0x800;

    // Of an acknowledgement: the request is not echoed in it; attributes follow it.
    static final int CAPPED = 0x100;
    static final int ACK_TLVS = 0x200;

    /** Reads a header at an absolute position that has at least {@link #LENGTH} bytes, in the buffer's byte order. */
    static MessageHeader read(ByteBuffer buffer, int at) {
        return new MessageHeader(
                buffer.getInt(at),
                Short.toUnsignedInt(buffer.getShort(at + 4)),
                Short.toUnsignedInt(buffer.getShort(at + 6)),
                buffer.getInt(at + 8),
                buffer.getInt(at + 12));
    }

    /** Length rounded up to the 4 bytes that messages and attributes are aligned to (NLMSG_ALIGNTO, NLA_ALIGNTO). */
    static int align4(int length) {
        return length + 3 & ~3;
    }
}
