package dev.reroam.linux.wireguard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A <em>public</em> key: 32 bytes as four big-endian longs, so that it is compared by value and nobody can change it.
 * Immutable. Private and preshared keys are never made into one.
 *
 * @param first bytes 0 to 7
 * @param second bytes 8 to 15
 * @param third bytes 16 to 23
 * @param fourth bytes 24 to 31
 */
public record WireGuardKey(long first, long second, long third, long fourth) {

    /** Length in bytes: linux/wireguard.h {@code WG_KEY_LEN}. */
    public static final int LENGTH = 32;

    /** The key in {@code bytes}; exactly 32, else IllegalArgumentException. */
    public static WireGuardKey of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a key of " + bytes.length + " bytes");
        }
        var buffer = ByteBuffer.wrap(bytes);
        return new WireGuardKey(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /**
     * Reads what {@code wg} prints: 44 characters of base64.
     *
     * @throws IllegalArgumentException when it is not a key; the text is not repeated, for it may be a secret put in the
     *     wrong place
     */
    public static WireGuardKey parseBase64(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            // The cause would repeat characters of the text.
            throw new IllegalArgumentException("not a public key in base64");
        }
        return of(bytes);
    }

    /** Reads 64 hexadecimal digits; otherwise as {@link #parseBase64}. */
    public static WireGuardKey parseHex(String text) {
        if (text.length() != 2 * LENGTH || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("not a public key in hexadecimal");
        }
        return of(HexFormat.of().parseHex(text));
    }

    /** A fresh copy of the 32 bytes. */
    public byte[] bytes() {
        var buffer = ByteBuffer.allocate(LENGTH);
        write(buffer);
        return buffer.array();
    }

    /** Puts the 32 bytes at the buffer's position, whatever its byte order. */
    public void write(ByteBuffer out) {
        var order = out.order();
        out.order(ByteOrder.BIG_ENDIAN)
                .putLong(first)
                .putLong(second)
                .putLong(third)
                .putLong(fourth)
                .order(order);
    }

    /** What {@code wg} prints. */
    public String base64() {
        return Base64.getEncoder().encodeToString(bytes());
    }

    /** What the userspace protocol speaks: 64 lower-case digits. */
    public String hex() {
        var digits = HexFormat.of();
        return digits.toHexDigits(first)
                + digits.toHexDigits(second)
                + digits.toHexDigits(third)
                + digits.toHexDigits(fourth);
    }

    @Override
    public String toString() {
        return base64();
    }
}
