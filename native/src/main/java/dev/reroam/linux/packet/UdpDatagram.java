package dev.reroam.linux.packet;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * UDP (RFC 768) as raw sockets send and receive it. Pure.
 *
 * <pre>
 *  0               16              31
 * |  source port  |  dest. port   |
 * |    length     |   checksum    |
 * |           payload ...         |
 * </pre>
 *
 * @param payload a view of the received bytes
 */
public record UdpDatagram(Endpoint from, Endpoint to, ByteBuffer payload) {

    /** Bytes of the header. */
    public static final int HEADER = 8;
    /** Where the checksum is. */
    static final int CHECKSUM_AT = 6;

    /** linux/in.h IPPROTO_UDP */
    static final int PROTOCOL = 17;

    // RFC 791 section 3.1
    private static final int MIN_IPV4_HEADER = 20;
    private static final int FRAGMENT_BITS = 0x3fff;

    /**
     * Writes header and payload into {@code into}, big-endian, from its position, and flips it. The checksum is complete
     * for IPv4 and zero for IPv6, where the kernel writes it (IPV6_CHECKSUM).
     */
    public static void write(Endpoint from, Endpoint to, ByteBuffer payload, ByteBuffer into) {
        int start = into.position();
        int length = HEADER + payload.remaining();
        into.putShort((short) from.port())
                .putShort((short) to.port())
                .putShort((short) length)
                .putShort((short) 0);
        into.put(payload.duplicate());
        into.limit(into.position()).position(start);
        if (from.address().family() == IpFamily.V4) {
            int sum = sum(pseudoHeader(from.address(), to.address(), length), into, start, length);
            // RFC 768: "If the computed checksum is zero, it is transmitted as all ones".
            into.putShort(start + CHECKSUM_AT, (short) (sum == 0xffff ? 0xffff : ~sum));
        }
    }

    /** Reads what a raw IPv4 socket received: with the IP header. Empty unless it is a whole, undamaged UDP datagram. */
    public static Optional<UdpDatagram> readIpv4(ByteBuffer packet) {
        var bytes = packet.slice();
        if (bytes.limit() < MIN_IPV4_HEADER || bytes.get(0) >>> 4 != 4 || bytes.get(9) != PROTOCOL) {
            return Optional.empty();
        }
        int header = (bytes.get(0) & 0x0f) * 4;
        boolean isFragment = (bytes.getShort(6) & FRAGMENT_BITS) != 0;
        if (header < MIN_IPV4_HEADER || header > bytes.limit() || isFragment) {
            return Optional.empty();
        }
        return read(address(bytes, 12), address(bytes, 16), bytes.slice(header, bytes.limit() - header), true);
    }

    /** Reads what a raw IPv6 socket received: from the UDP header on; the kernel has checked the checksum. */
    public static Optional<UdpDatagram> readIpv6(IpAddress from, IpAddress to, ByteBuffer segment) {
        return read(from, to, segment.slice(), false);
    }

    private static Optional<UdpDatagram> read(IpAddress from, IpAddress to, ByteBuffer udp, boolean isToCheck) {
        if (udp.limit() < HEADER) {
            return Optional.empty();
        }
        int length = udp.getShort(4) & 0xffff;
        if (length < HEADER || length > udp.limit() || (isToCheck && !isUndamaged(from, to, udp, length))) {
            return Optional.empty();
        }
        return Optional.of(new UdpDatagram(
                new Endpoint(from, udp.getShort(0) & 0xffff),
                new Endpoint(to, udp.getShort(2) & 0xffff),
                udp.slice(HEADER, length - HEADER)));
    }

    /**
     * A raw IPv4 socket is handed the packet before anybody has looked at the checksum. It may be right; or absent; or, where
     * the packet never left this machine, not computed yet: then the field holds the sum of the pseudo-header alone
     * (linux/skbuff.h CHECKSUM_PARTIAL), and nothing can have damaged it.
     */
    private static boolean isUndamaged(IpAddress from, IpAddress to, ByteBuffer udp, int length) {
        int field = udp.getShort(CHECKSUM_AT) & 0xffff;
        int pseudoHeader = pseudoHeader(from, to, length);
        return field == 0 || field == pseudoHeader || sum(pseudoHeader, udp, 0, length) == 0xffff;
    }

    /** RFC 768: addresses, protocol and length. */
    private static int pseudoHeader(IpAddress from, IpAddress to, int length) {
        long sum = PROTOCOL
                + length
                + (from.low() >>> 16)
                + (from.low() & 0xffff)
                + (to.low() >>> 16)
                + (to.low() & 0xffff);
        return fold(sum);
    }

    /** RFC 1071: the one's complement sum of 16-bit words, the last one filled up with zero. */
    private static int sum(int start, ByteBuffer bytes, int from, int length) {
        long sum = start;
        for (int i = 0; i + 1 < length; i += 2) {
            sum += (bytes.get(from + i) & 0xff) << 8 | (bytes.get(from + i + 1) & 0xff);
        }
        if (length % 2 != 0) {
            sum += (bytes.get(from + length - 1) & 0xff) << 8;
        }
        return fold(sum);
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }

    private static IpAddress address(ByteBuffer bytes, int at) {
        byte[] address = new byte[4];
        bytes.get(at, address);
        return IpAddress.of(address);
    }
}
