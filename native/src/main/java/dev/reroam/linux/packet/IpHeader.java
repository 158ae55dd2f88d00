package dev.reroam.linux.packet;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The part of IP headers that all of them have: 20 bytes (RFC 791 section 3.1) or 40 (RFC 8200 section 3). Pure. */
final class IpHeader {

    private static final int FEWEST_IPV4_WORDS = 5;

    private IpHeader() {}

    /** Its length in bytes. */
    static int fixedLength(IpFamily family) {
        return switch (family) {
            case V4 -> 20;
            case V6 -> 40;
        };
    }

    /** Where its source address is. */
    static int sourceAt(IpFamily family) {
        return switch (family) {
            case V4 -> 12;
            case V6 -> 8;
        };
    }

    /** The source address of a packet; what follows the fixed header need not be there. Empty for what is no header. */
    static Optional<IpAddress> source(IpFamily family, ByteBuffer packet) {
        var bytes = packet.slice();
        if (bytes.limit() < fixedLength(family) || !isOf(family, bytes.get(0))) {
            return Optional.empty();
        }
        byte[] source = new byte[family.bytes()];
        bytes.get(sourceAt(family), source);
        return Optional.of(IpAddress.of(source));
    }

    private static boolean isOf(IpFamily family, byte first) {
        int version = first >>> 4 & 0x0f;
        return switch (family) {
            case V4 -> version == 4 && (first & 0x0f) >= FEWEST_IPV4_WORDS;
            case V6 -> version == 6;
        };
    }
}
