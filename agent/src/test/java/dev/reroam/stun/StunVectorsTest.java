package dev.reroam.stun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.stun.MalformedStunException.Reason;
import dev.reroam.stun.StunAttribute.Opaque;
import dev.reroam.stun.StunAttribute.Software;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that the RFCs print, byte for byte. */
class StunVectorsTest {

    private static final byte[] SHORT_TERM_KEY = "VOkJxbRl1RmTxUk/WvJxBt".getBytes(StandardCharsets.US_ASCII);
    private static final String LONG_TERM = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9:example.org:TheMatrIX";

    /** The bytes of a file of hex; lines that begin with # say where they are from. */
    static byte[] vector(String name) throws IOException {
        try (var file = StunVectorsTest.class.getResourceAsStream("/stun/" + name + ".hex")) {
            var hex = new StringBuilder();
            new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> hex.append(line.replace(" ", "")));
            return HexFormat.of().parseHex(hex);
        }
    }

    private static StunMessage decode(byte[] bytes) throws MalformedStunException {
        return StunCodec.decode(ByteBuffer.wrap(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "rfc5769-2.2-ipv4-response, 192.0.2.1:32853",
        "rfc5769-2.3-ipv6-response, [2001:db8:1234:5678:11:2233:4455:6677]:32853",
    })
    void readsTheMappedAddressAndTheSoftware(String name, String mapped) throws Exception {
        var message = decode(vector(name));
        assertEquals(MessageClass.SUCCESS, message.messageClass());
        assertEquals(StunMessage.BINDING, message.method());
        assertEquals("b7e7a701bc34d686fa87dfae", message.id().toString());
        assertEquals(Optional.of(Endpoint.parse(mapped)), message.mapped());
        assertEquals(Optional.of(new Software("test vector")), message.first(Software.class));
        assertEquals(List.of(), message.notUnderstood());
        assertTrue(message.fingerprint());
    }

    @Test
    void readsARequestWithWhatItDoesNotKnow() throws Exception {
        var message = decode(vector("rfc5769-2.1-request"));
        assertEquals(MessageClass.REQUEST, message.messageClass());
        assertEquals(Optional.of(new Software("STUN test client")), message.first(Software.class));
        assertEquals(List.of(new AttributeType(0x0024)), message.notUnderstood());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rfc5769-2.1-request", "rfc5769-2.2-ipv4-response", "rfc5769-2.3-ipv6-response"})
    void anyFlippedBitIsFoundByTheFingerprint(String name) throws Exception {
        byte[] good = vector(name);
        int found = 0;
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            // A flipped bit in the type of the fingerprint, or in a length so that it lies inside another attribute,
            // leaves
            // a message that has none; whoever wants one looks for it.
            try {
                assertFalse(decode(bad).fingerprint(), "bit " + bit);
            } catch (MalformedStunException e) {
                found++;
            }
        }
        assertTrue(found > good.length * 8 - 40, found + " of " + good.length * 8);
    }

    @Test
    void saysThatTheFingerprintIsWrong() throws Exception {
        byte[] bytes = vector("rfc5769-2.2-ipv4-response");
        bytes[bytes.length - 1] ^= 1;
        var refusal = assertThrows(MalformedStunException.class, () -> decode(bytes));
        assertEquals(Reason.FINGERPRINT, refusal.reason());
        assertEquals("c07d4c97, not c07d4c96", refusal.getMessage());
    }

    /** The padding of the others is of spaces, which no encoder has to reproduce (RFC 8489 section 14: zeros). */
    @ParameterizedTest
    @ValueSource(strings = {"rfc5769-2.4-long-term-request", "rfc8489-b.1-request-sha256"})
    void writesWhatItRead(String name) throws Exception {
        assertArrayEquals(vector(name), StunCodec.encode(decode(vector(name))));
    }

    @ParameterizedTest
    @CsvSource({
        "rfc5769-2.1-request, 0x0008, HmacSHA1, short",
        "rfc5769-2.2-ipv4-response, 0x0008, HmacSHA1, short",
        "rfc5769-2.3-ipv6-response, 0x0008, HmacSHA1, short",
        "rfc5769-2.4-long-term-request, 0x0008, HmacSHA1, MD5",
        "rfc8489-b.1-request-sha256, 0x001c, HmacSHA256, SHA-256",
    })
    void keepsTheIntegrityAsItCame(String name, int type, String algorithm, String key) throws Exception {
        byte[] bytes = vector(name);
        var kept = decode(bytes).attributes().stream()
                .filter(a -> a.type().number() == type)
                .map(a -> ((Opaque) a).value())
                .findFirst()
                .orElseThrow();
        assertEquals(integrity(bytes, kept.length(), algorithm, key), kept.toString());
    }

    /** RFC 8489 section 14.5: over what precedes it, with the length field as if it ended there. */
    private static String integrity(byte[] message, int length, String algorithm, String key) throws Exception {
        int end = message.length - (message[message.length - 8] == (byte) 0x80 ? 8 : 0);
        byte[] covered = Arrays.copyOf(message, end - length - 4);
        ByteBuffer.wrap(covered).putShort(2, (short) (end - StunCodec.HEADER));
        byte[] secret = key.equals("short")
                ? SHORT_TERM_KEY
                : MessageDigest.getInstance(key).digest(LONG_TERM.getBytes(StandardCharsets.UTF_8));
        var mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(secret, algorithm));
        return HexFormat.of().formatHex(mac.doFinal(covered));
    }
}
