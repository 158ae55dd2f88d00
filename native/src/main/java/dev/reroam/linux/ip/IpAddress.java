package dev.reroam.linux.ip;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address without a zone. Immutable; equal when family and bits are equal (an IPv4-mapped IPv6 address is
 * not the IPv4 address).
 *
 * @param high the upper 64 bits of an IPv6 address; 0 for IPv4
 * @param low the lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address
 */
public record IpAddress(IpFamily family, long high, long low) implements Comparable<IpAddress> {

    /** 0.0.0.0 */
    public static final IpAddress ANY_V4 = new IpAddress(IpFamily.V4, 0, 0);
    /** :: */
    public static final IpAddress ANY_V6 = new IpAddress(IpFamily.V6, 0, 0);

    public IpAddress {
        if (family == IpFamily.V4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("more than 32 bits in an IPv4 address");
        }
    }

    /** The address in {@code bytes}, network order; 4 or 16 of them, else IllegalArgumentException. */
    public static IpAddress of(byte[] bytes) {
        return switch (bytes.length) {
            case 4 ->
                new IpAddress(
                        IpFamily.V4,
                        0,
                        Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()));
            case 16 -> {
                var buffer = ByteBuffer.wrap(bytes);
                yield new IpAddress(IpFamily.V6, buffer.getLong(), buffer.getLong());
            }
            default -> throw new IllegalArgumentException("an address of " + bytes.length + " bytes");
        };
    }

    /**
     * Reads a literal such as {@code 192.0.2.1} or {@code 2001:db8::1}; never asks a name server.
     *
     * @throws IllegalArgumentException with the text in its message when it is not a literal
     */
    public static IpAddress parse(String text) {
        boolean v6 = text.indexOf(':') >= 0;
        boolean literal = v6
                ? text.chars().allMatch(c -> c == ':' || c == '.' || Character.digit(c, 16) >= 0)
                : text.matches("\\d{1,3}(\\.\\d{1,3}){3}");
        if (!literal) {
            throw new IllegalArgumentException("not an IP address: '" + text + "'");
        }
        try {
            byte[] bytes = InetAddress.getByName(text).getAddress();
            // The JDK turns ::ffff:a.b.c.d into IPv4; the wire keeps them apart.
            if (v6 && bytes.length == 4) {
                return new IpAddress(
                        IpFamily.V6,
                        0,
                        0xffff_0000_0000L
                                | Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()));
            }
            return of(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an IP address: '" + text + "'", e);
        }
    }

    /** A fresh copy of the address in network order. */
    public byte[] bytes() {
        return family == IpFamily.V4
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** Whether this is 0.0.0.0 or ::. */
    public boolean isAny() {
        return high == 0 && low == 0;
    }

    /** Whether this is in 127.0.0.0/8 or is ::1. */
    public boolean isLoopback() {
        return family == IpFamily.V4 ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    /** Whether this is in 169.254.0.0/16 or fe80::/10. */
    public boolean isLinkLocal() {
        return family == IpFamily.V4 ? low >>> 16 == 0xa9fe : high >>> 54 == 0xfe80 >>> 6;
    }

    /** The first {@code length} bits kept, the others zero. */
    public IpAddress masked(int length) {
        if (family == IpFamily.V4) {
            return new IpAddress(family, 0, length == 0 ? 0 : low & (0xffff_ffffL << (32 - length)) & 0xffff_ffffL);
        }
        long upper = length == 0 ? 0 : length >= 64 ? high : high & (-1L << (64 - length));
        long lower = length <= 64 ? 0 : length == 128 ? low : low & (-1L << (128 - length));
        return new IpAddress(family, upper, lower);
    }

    @Override
    public int compareTo(IpAddress other) {
        int order = family.compareTo(other.family);
        order = order != 0 ? order : Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /** The usual text: dotted, or RFC 5952. */
    @Override
    public String toString() {
        return family == IpFamily.V4
                ? (low >>> 24) + "." + (low >>> 16 & 255) + "." + (low >>> 8 & 255) + "." + (low & 255)
                : Rfc5952.text(high, low);
    }
}
