package dev.reroam.tunnel.wireguard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Curve25519Test {

    private final Curve25519 curve = new Curve25519();

    // RFC 7748 section 6.1, Bob; then two that `wg pubkey` made, all bits set and a key of a captured daemon.
    @ParameterizedTest
    @CsvSource(textBlock = """
                    5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb, de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f
                    ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff, 847c0d2c375234f365e660955187a3735a0f7613d1609d3a6a4d8c53aeaa5a22
                    c8d7f8ba4470dda26ebfb54fb7c34a5ab9a82ca9f660d983ff67cfbfdfdb9970, 97a9ea8115ea73c136fe1416f73d22bb8705254197a9ee929c73972e91c7361d
                    """)
    void findsThePublicHalf(String privateKey, String publicKey) {
        byte[] found = publicKey(HexFormat.of().parseHex(privateKey));
        assertEquals(publicKey, HexFormat.of().formatHex(found));
    }

    @Test
    void agreesWithTheJdkOnRandomKeys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("X25519");
        for (int i = 0; i < 100; i++) {
            var pair = generator.generateKeyPair();
            byte[] scalar = ((XECPrivateKey) pair.getPrivate()).getScalar().orElseThrow();
            assertArrayEquals(littleEndian(((XECPublicKey) pair.getPublic()).getU()), publicKey(scalar));
        }
    }

    private byte[] publicKey(byte[] scalar) {
        return curve.publicKey(ByteBuffer.allocateDirect(32).put(scalar).clear());
    }

    private static byte[] littleEndian(BigInteger number) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = number.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }
}
