package dev.reroam.stun;

import dev.reroam.stun.MalformedStunException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * STUN messages as bytes. Pure.
 *
 * <p>For every message {@code decode(encode(m)) = m}; for any bytes {@link #decode} gives a message m with that law, or a
 * {@link MalformedStunException}.
 */
public final class StunCodec {

    /** RFC 8489 section 5 */
    static final int MAGIC_COOKIE = 0x2112a442;
    /** RFC 8489 section 5: 20 bytes. */
    static final int HEADER = 8 + TransactionId.LENGTH;

    static final int LENGTH_AT = 2;
    static final int ATTRIBUTE_HEADER = 4;

    // RFC 8489 section 14.7: CRC-32 XOR 0x5354554e ("STUN")
    private static final int FINGERPRINT_XOR = 0x5354554e;
    private static final int FINGERPRINT_BYTES = ATTRIBUTE_HEADER + Integer.BYTES;
    // linux/udp.h: what fits into a datagram of IPv4 (65535 - 20 - 8), in whole words.
    private static final int MAX_BYTES = 65504;

    private StunCodec() {}

    /**
     * The message as bytes.
     *
     * @throws IllegalArgumentException when it is longer than a datagram
     */
    public static byte[] encode(StunMessage message) {
        var body = new ArrayList<byte[]>();
        int length = message.fingerprint() ? FINGERPRINT_BYTES : 0;
        for (StunAttribute attribute : message.attributes()) {
            byte[] value = AttributeCodec.encode(attribute, message.id());
            body.add(value);
            length += ATTRIBUTE_HEADER + align4(value.length);
            if (HEADER + length > MAX_BYTES) {
                throw new IllegalArgumentException("a message of more than " + MAX_BYTES + " bytes");
            }
        }
        var bytes = ByteBuffer.allocate(HEADER + length);
        bytes.putShort((short) message.messageClass().type(message.method()))
                .putShort((short) length)
                .putInt(MAGIC_COOKIE)
                .putInt(message.id().high())
                .putLong(message.id().low());
        for (int i = 0; i < body.size(); i++) {
            byte[] value = body.get(i);
            bytes.putShort((short) message.attributes().get(i).type().number())
                    .putShort((short) value.length)
                    .put(value)
                    .position(align4(bytes.position()));
        }
        if (message.fingerprint()) {
            int crc = fingerprint(bytes, bytes.position());
            bytes.putShort((short) AttributeType.FINGERPRINT.number())
                    .putShort((short) Integer.BYTES)
                    .putInt(crc);
        }
        return bytes.array();
    }

    /** The message in all of {@code datagram} between position and limit, which do not move. */
    public static StunMessage decode(ByteBuffer datagram) throws MalformedStunException {
        // A slice of its own: big-endian, and offsets are those of the message.
        var bytes = datagram.slice();
        if (bytes.limit() < HEADER) {
            throw new MalformedStunException(Reason.TRUNCATED, bytes.limit() + " bytes");
        }
        int type = bytes.getShort(0) & 0xffff;
        if (type >>> 14 != 0 || bytes.getInt(4) != MAGIC_COOKIE) {
            throw new MalformedStunException(Reason.NOT_STUN, String.format(Locale.ROOT, "type 0x%04x", type));
        }
        int length = bytes.getShort(LENGTH_AT) & 0xffff;
        if (length % 4 != 0 || HEADER + length != bytes.limit()) {
            throw new MalformedStunException(
                    Reason.MESSAGE_LENGTH, "length " + length + " in " + bytes.limit() + " bytes");
        }
        var id = new TransactionId(bytes.getInt(8), bytes.getLong(12));
        var attributes = new ArrayList<StunAttribute>();
        boolean fingerprint = attributes(bytes, id, attributes);
        return new StunMessage(MessageClass.of(type), MessageClass.method(type), id, attributes, fingerprint);
    }

    /** Reads them all into {@code into}; whether the last was a fingerprint. */
    private static boolean attributes(ByteBuffer bytes, TransactionId id, List<StunAttribute> into)
            throws MalformedStunException {
        int at = HEADER;
        boolean authenticated = false;
        while (at < bytes.limit()) {
            var type = new AttributeType(bytes.getShort(at) & 0xffff);
            int length = bytes.getShort(at + 2) & 0xffff;
            int value = at + ATTRIBUTE_HEADER;
            int next = value + align4(length);
            // Header and message are whole words, so four bytes are left for the header.
            if (next > bytes.limit()) {
                throw new MalformedStunException(
                        Reason.ATTRIBUTE_LENGTH, type + ": length " + length + " of " + (bytes.limit() - value));
            }
            if (type.equals(AttributeType.FINGERPRINT)) {
                checkFingerprint(bytes, at, length, next);
                return true;
            }
            boolean integrity =
                    type.equals(AttributeType.MESSAGE_INTEGRITY) || type.equals(AttributeType.MESSAGE_INTEGRITY_SHA256);
            // RFC 8489 sections 14.5 and 14.6: what follows "MUST be ignored", but for the stronger integrity.
            if (!authenticated || type.equals(AttributeType.MESSAGE_INTEGRITY_SHA256)) {
                into.add(AttributeCodec.decode(type, bytes.slice(value, length), id));
            }
            authenticated |= integrity;
            at = next;
        }
        return false;
    }

    /** RFC 8489 section 14.7: it "MUST be the last attribute in the message". */
    private static void checkFingerprint(ByteBuffer bytes, int at, int length, int next) throws MalformedStunException {
        if (length != Integer.BYTES || next != bytes.limit()) {
            throw new MalformedStunException(
                    Reason.FINGERPRINT, length + " bytes, " + (bytes.limit() - next) + " after");
        }
        int expected = fingerprint(bytes, at);
        int found = bytes.getInt(at + ATTRIBUTE_HEADER);
        if (found != expected) {
            throw new MalformedStunException(
                    Reason.FINGERPRINT, String.format(Locale.ROOT, "%08x, not %08x", found, expected));
        }
    }

    private static int fingerprint(ByteBuffer bytes, int to) {
        var crc = new CRC32();
        crc.update(bytes.duplicate().limit(to).position(0));
        return (int) crc.getValue() ^ FINGERPRINT_XOR;
    }

    private static int align4(int length) {
        return (length + 3) & ~3;
    }
}
