package dev.reroam.tunnel.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretFingerprintTest {

    // The reference implementation's vectors (vectors_sip64), key 00 01 .. 0f, input 00 01 .. of that length.
    @Test
    void isSipHash() {
        var fingerprint = new SecretFingerprint(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertEquals(0x726fdb47dd0e0e31L, fingerprint.of(counting(), 0));
        assertEquals(0x93f5f5799a932462L, fingerprint.of(counting(), 8));
        assertEquals(0x3f2acc7f57c29bdbL, fingerprint.of(counting(), 16));
    }

    @Test
    void doesNotDependOnTheBuffersOrder() {
        var fingerprint = new SecretFingerprint(new Random(1));
        assertEquals(fingerprint.of(counting(), 32), fingerprint.of(counting().order(ByteOrder.LITTLE_ENDIAN), 32));
    }

    @Test
    void differsUnderAnotherKey() {
        assertNotEquals(
                new SecretFingerprint(new Random(1)).of(counting(), 32),
                new SecretFingerprint(new Random(2)).of(counting(), 32));
    }

    private static ByteBuffer counting() {
        var buffer = ByteBuffer.allocate(32);
        for (int i = 0; i < 32; i++) {
            buffer.put(i, (byte) i);
        }
        return buffer;
    }
}
