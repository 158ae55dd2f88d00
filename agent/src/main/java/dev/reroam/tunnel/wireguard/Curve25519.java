package dev.reroam.tunnel.wireguard;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The public half of a private key: X25519 with the base point, RFC 7748 section 5. Confined to one thread; used again.
 *
 * <p>It exists because the userspace protocol tells the private key only, and because the JDK's own would leave copies of it
 * on the heap: here the key is read bit by bit from memory outside the heap that the caller clears, and what is computed
 * with is cleared too.
 */
final class Curve25519 {

    // A number is 16 limbs of 16 bits, little-endian, each in a long with room for carries; they are taken modulo
    // p = 2^255 - 19, so 2^256 counts as 38.
    private static final int LIMBS = 16;
    private static final int WRAP = 38;
    // RFC 7748 section 4.1: (A - 2) / 4.
    private static final int A24 = 121_665;
    private static final int BASE_POINT = 9;
    private static final int TOP_BIT = 254;

    private final long[] x2 = new long[LIMBS];
    private final long[] z2 = new long[LIMBS];
    private final long[] x3 = new long[LIMBS];
    private final long[] z3 = new long[LIMBS];
    private final long[] a = new long[LIMBS];
    private final long[] b = new long[LIMBS];
    private final long[] c = new long[LIMBS];
    private final long[] d = new long[LIMBS];
    private final long[] product = new long[2 * LIMBS];

    /** The public key of the 32 bytes at index 0 of {@code privateKey}, which is only read. */
    byte[] publicKey(ByteBuffer privateKey) {
        ladder(privateKey);
        invert(z2);
        multiply(x2, x2, z2);
        byte[] result = reduced(x2);
        for (long[] used : new long[][] {x2, z2, x3, z3, a, b, c, d, product}) {
            Arrays.fill(used, 0);
        }
        return result;
    }

    /** RFC 7748 section 5: leaves the result's numerator in x2 and its denominator in z2. */
    private void ladder(ByteBuffer scalar) {
        x2[0] = 1;
        x3[0] = BASE_POINT;
        z3[0] = 1;
        int swapped = 0;
        for (int t = TOP_BIT; t >= 0; t--) {
            int bit = bit(scalar, t);
            swap(swapped ^ bit);
            swapped = bit;
            add(a, x2, z2);
            subtract(b, x2, z2);
            add(c, x3, z3);
            subtract(d, x3, z3);
            multiply(d, d, a);
            multiply(c, c, b);
            add(x3, d, c);
            multiply(x3, x3, x3);
            subtract(z3, d, c);
            multiply(z3, z3, z3);
            times(z3, z3, BASE_POINT);
            multiply(a, a, a);
            multiply(b, b, b);
            multiply(x2, a, b);
            subtract(c, a, b);
            times(d, c, A24);
            add(d, d, a);
            multiply(z2, c, d);
        }
        swap(swapped);
    }

    /** RFC 7748 section 5, decodeScalar25519: the three lowest bits off, bit 254 on. */
    private static int bit(ByteBuffer scalar, int index) {
        return index == TOP_BIT ? 1 : index < 3 ? 0 : scalar.get(index >>> 3) >>> (index & 7) & 1;
    }

    private void swap(int which) {
        long mask = -which;
        for (int i = 0; i < LIMBS; i++) {
            long x = mask & (x2[i] ^ x3[i]);
            long z = mask & (z2[i] ^ z3[i]);
            x2[i] ^= x;
            x3[i] ^= x;
            z2[i] ^= z;
            z3[i] ^= z;
        }
    }

    private static void add(long[] out, long[] left, long[] right) {
        for (int i = 0; i < LIMBS; i++) {
            out[i] = left[i] + right[i];
        }
    }

    private static void subtract(long[] out, long[] left, long[] right) {
        for (int i = 0; i < LIMBS; i++) {
            out[i] = left[i] - right[i];
        }
    }

    private static void times(long[] out, long[] left, int small) {
        for (int i = 0; i < LIMBS; i++) {
            out[i] = left[i] * small;
        }
        carry(out);
        carry(out);
    }

    private void multiply(long[] out, long[] left, long[] right) {
        Arrays.fill(product, 0);
        for (int i = 0; i < LIMBS; i++) {
            long factor = left[i];
            for (int j = 0; j < LIMBS; j++) {
                product[i + j] += factor * right[j];
            }
        }
        for (int i = 0; i < LIMBS; i++) {
            out[i] = product[i] + WRAP * product[i + LIMBS];
        }
        carry(out);
        carry(out);
    }

    private static void carry(long[] number) {
        for (int i = 0; i < LIMBS; i++) {
            long over = number[i] >> 16;
            number[i] -= over << 16;
            number[(i + 1) % LIMBS] += i == LIMBS - 1 ? WRAP * over : over;
        }
    }

    /** number^(p - 2): every bit of the exponent is set but bits 2 and 4. */
    private void invert(long[] number) {
        System.arraycopy(number, 0, a, 0, LIMBS);
        for (int bit = TOP_BIT - 1; bit >= 0; bit--) {
            multiply(a, a, a);
            if (bit != 2 && bit != 4) {
                multiply(a, a, number);
            }
        }
        System.arraycopy(a, 0, number, 0, LIMBS);
    }

    /** The one representative below p, little-endian. */
    private static byte[] reduced(long[] number) {
        for (int i = 0; i < 3; i++) {
            carry(number);
        }
        for (int i = 0; i < 2; i++) {
            subtractPrimeOnce(number);
        }
        byte[] bytes = new byte[2 * LIMBS];
        for (int i = 0; i < LIMBS; i++) {
            bytes[2 * i] = (byte) number[i];
            bytes[2 * i + 1] = (byte) (number[i] >>> 8);
        }
        return bytes;
    }

    private static void subtractPrimeOnce(long[] number) {
        long[] less = new long[LIMBS];
        long borrow = 0;
        for (int i = 0; i < LIMBS; i++) {
            long prime = i == 0 ? 0xffed : i == LIMBS - 1 ? 0x7fff : 0xffff;
            long difference = number[i] - prime + borrow;
            borrow = difference >> 16;
            less[i] = difference & 0xffff;
        }
        if (borrow == 0) {
            System.arraycopy(less, 0, number, 0, LIMBS);
        }
    }
}
