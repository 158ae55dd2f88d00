package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.wireguard.WireGuardKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Handles the lines of an answer that hold secrets, where they lie. Confined to one thread.
 *
 * <p>Of the private key the public one is computed, once as long as it stays the same; in between only its fingerprint is
 * kept. The 32 bytes exist for that moment in memory outside the heap, where no garbage collection copies them.
 */
final class UapiSecrets {

    // The first eight bytes of the two keys of lines that hold a secret, little-endian.
    private static final long PRIVATE = word("private_");
    private static final long PRESHARED = word("preshare");
    private static final int KEY_EQUALS = (int) word("key=\0\0\0\0");
    private static final int PRIVATE_VALUE = "private_key=".length();
    private static final byte[] DIGITS = digits();

    private final Curve25519 curve = new Curve25519();
    private final SecretFingerprint fingerprint;
    private final ByteBuffer secret =
            ByteBuffer.allocateDirect(WireGuardKey.LENGTH).order(ByteOrder.LITTLE_ENDIAN);

    // The private key seen last, and its public half; null before the first.
    private long fingerprintSeen;
    private @Nullable WireGuardKey publicHalf;

    UapiSecrets(RandomGenerator random) {
        fingerprint = new SecretFingerprint(random);
    }

    /**
     * Whether the line [from, to) of a little-endian buffer may hold a secret: it begins as {@code private_key} or {@code
     * preshared_key} do.
     */
    static boolean isSecret(ByteBuffer in, int from, int to) {
        return to - from >= Long.BYTES && (in.getLong(from) == PRIVATE || in.getLong(from) == PRESHARED);
    }

    /** Whether a line that is a secret is {@code private_key=}. */
    static boolean isPrivateKey(ByteBuffer in, int from, int to) {
        return to - from >= PRIVATE_VALUE && in.getLong(from) == PRIVATE && in.getInt(from + Long.BYTES) == KEY_EQUALS;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int digit(byte letter) {
        return letter < 0 ? -1 : DIGITS[letter];
    }

    /** The public half of the key on the line [from, to); empty when it is malformed. */
    Optional<WireGuardKey> publicHalf(ByteBuffer in, int from, int to) {
        int value = from + PRIVATE_VALUE;
        if (to - value != 2 * WireGuardKey.LENGTH) {
            return Optional.empty();
        }
        try {
            for (int i = 0; i < WireGuardKey.LENGTH; i++) {
                int high = digit(in.get(value + 2 * i));
                int low = digit(in.get(value + 2 * i + 1));
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                secret.put(i, (byte) (high << 4 | low));
            }
            return Optional.of(publicHalf());
        } finally {
            UapiReader.clear(secret, 0, WireGuardKey.LENGTH);
        }
    }

    private WireGuardKey publicHalf() {
        long seen = fingerprint.of(secret, WireGuardKey.LENGTH);
        var known = publicHalf;
        if (known != null && seen == fingerprintSeen) {
            return known;
        }
        known = WireGuardKey.of(curve.publicKey(secret));
        publicHalf = known;
        fingerprintSeen = seen;
        return known;
    }

    private static long word(String eight) {
        long word = 0;
        for (int i = Long.BYTES - 1; i >= 0; i--) {
            word = word << 8 | eight.charAt(i);
        }
        return word;
    }

    private static byte[] digits() {
        byte[] values = new byte[128];
        for (int letter = 0; letter < values.length; letter++) {
            values[letter] = (byte) Character.digit(letter, 16);
        }
        return values;
    }
}
