package dev.reroam.echo;

import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Echo request and reply as bytes. Pure.
 *
 * <pre>
 *  0               8               16                              31
 * |     type      |     code      |           checksum            |
 * |          identifier           |        sequence number        |
 * |                    64 bits of ours, unguessable               |
 * </pre>
 */
final class EchoCodec {

    // RFC 792: echo message 8, echo reply message 0.
    private static final int V4_REQUEST = 8;
    private static final int V4_REPLY = 0;
    // RFC 4443 sections 4.1 and 4.2: echo request 128, echo reply 129.
    private static final int V6_REQUEST = 128;
    private static final int V6_REPLY = 129;
    /** Header and our token. */
    static final int LENGTH = 16;

    private static final int MIN_IPV4_HEADER = 20;

    private EchoCodec() {}

    /** What ties a reply to its request. */
    record Token(int identifier, int sequence, long secret) {
        Token {
            identifier &= 0xffff;
            sequence &= 0xffff;
        }
    }

    /** The reply's type number of a family, for the socket's filter. */
    static int replyType(IpFamily family) {
        return family == IpFamily.V4 ? V4_REPLY : V6_REPLY;
    }

    /** An echo request; the kernel fills in the ICMPv6 checksum (RFC 3542 section 3.1), ours is the IPv4 one. */
    static byte[] request(IpFamily family, Token token) {
        var bytes = ByteBuffer.allocate(LENGTH);
        bytes.put((byte) (family == IpFamily.V4 ? V4_REQUEST : V6_REQUEST))
                .put((byte) 0)
                .putShort((short) 0);
        bytes.putShort((short) token.identifier()).putShort((short) token.sequence());
        bytes.putLong(token.secret());
        if (family == IpFamily.V4) {
            bytes.putShort(2, checksum(bytes));
        }
        return bytes.array();
    }

    /**
     * Reads what a raw ICMP socket received: with the IP header for IPv4 (raw(7)), without for IPv6.
     *
     * @return empty for anything but a whole echo reply of our length
     */
    static Optional<Token> reply(IpFamily family, ByteBuffer packet) {
        int start = packet.position();
        if (family == IpFamily.V4) {
            if (packet.remaining() < MIN_IPV4_HEADER) {
                return Optional.empty();
            }
            start += (packet.get(start) & 0x0f) * 4;
        }
        if (packet.limit() - start != LENGTH
                || (packet.get(start) & 0xff) != replyType(family)
                || packet.get(start + 1) != 0) {
            return Optional.empty();
        }
        return Optional.of(
                new Token(packet.getShort(start + 4), packet.getShort(start + 6), packet.getLong(start + 8)));
    }

    /** RFC 1071: the one's complement sum of 16-bit words. */
    private static short checksum(ByteBuffer bytes) {
        int sum = 0;
        for (int i = 0; i < LENGTH; i += 2) {
            sum += bytes.getShort(i) & 0xffff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }
}
