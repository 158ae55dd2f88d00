package dev.reroam.tunnel.wireguard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * Tells whether a secret is the one seen before without keeping it: SipHash-2-4 (Aumasson and Bernstein, 2012) under a key
 * drawn at start. Nothing of the secret can be computed from the result. Immutable.
 */
final class SecretFingerprint {

    private final long key0;
    private final long key1;

    SecretFingerprint(RandomGenerator random) {
        this(random.nextLong(), random.nextLong());
    }

    SecretFingerprint(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** Of the first {@code length} bytes, a multiple of eight below 256. */
    long of(ByteBuffer secret, int length) {
        var state = new State(key0, key1);
        boolean little = secret.order() == ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < length; i += Long.BYTES) {
            long word = secret.getLong(i);
            state.absorb(little ? word : Long.reverseBytes(word));
        }
        state.absorb((long) length << 56);
        return state.finish();
    }

    private static final class State {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        State(long key0, long key1) {
            v0 = key0 ^ 0x736f6d6570736575L;
            v1 = key1 ^ 0x646f72616e646f6dL;
            v2 = key0 ^ 0x6c7967656e657261L;
            v3 = key1 ^ 0x7465646279746573L;
        }

        void absorb(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        long finish() {
            v2 ^= 0xff;
            for (int i = 0; i < 4; i++) {
                round();
            }
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
