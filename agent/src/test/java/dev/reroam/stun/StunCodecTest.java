package dev.reroam.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.stun.MalformedStunException.Reason;
import dev.reroam.stun.StunAttribute.CacheTimeout;
import dev.reroam.stun.StunAttribute.ChangeRequest;
import dev.reroam.stun.StunAttribute.ErrorCode;
import dev.reroam.stun.StunAttribute.MappedAddress;
import dev.reroam.stun.StunAttribute.Opaque;
import dev.reroam.stun.StunAttribute.OtherAddress;
import dev.reroam.stun.StunAttribute.Padding;
import dev.reroam.stun.StunAttribute.ResponseOrigin;
import dev.reroam.stun.StunAttribute.ResponsePort;
import dev.reroam.stun.StunAttribute.Software;
import dev.reroam.stun.StunAttribute.UnknownAttributes;
import dev.reroam.stun.StunAttribute.XorMappedAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StunCodecTest {

    private static final TransactionId ID = new TransactionId(0x01020304, 0x05060708090a0b0cL);
    private static final String ID_HEX = "2112a442" + "0102030405060708090a0b0c";
    private static final Endpoint V4 = Endpoint.parse("203.0.113.7:40000");
    private static final Endpoint V6 = Endpoint.parse("[2001:db8::7]:40000");

    /** One message with everything in it. */
    static StunMessage everything() {
        return new StunMessage(
                MessageClass.ERROR,
                0xabc,
                ID,
                List.of(
                        new MappedAddress(V4),
                        new MappedAddress(V6),
                        new XorMappedAddress(V4),
                        new XorMappedAddress(V6),
                        new ErrorCode(420, "unknown"),
                        new UnknownAttributes(List.of(new AttributeType(3), new AttributeType(0x7fff))),
                        new Software("reroam"),
                        new ChangeRequest(true, false),
                        new ResponseOrigin(V4),
                        new OtherAddress(V6),
                        new ResponsePort(65535),
                        new Padding(13),
                        new CacheTimeout(0xffff_ffffL),
                        new Opaque(new AttributeType(0x8fff), Octets.of(new byte[] {1, 2, 3, 4, 5}))),
                true);
    }

    private static StunMessage decode(String hex) throws MalformedStunException {
        return StunCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    /** A success with these attributes and the length they make. */
    private static StunMessage withAttributes(String hex) throws MalformedStunException {
        String attributes = hex.replace(" ", "");
        return decode(String.format("0101%04x", attributes.length() / 2) + ID_HEX + attributes);
    }

    private static Reason refusal(String hex) {
        return assertThrows(MalformedStunException.class, () -> decode(hex)).reason();
    }

    @Test
    void readsWhatItWrote() throws Exception {
        var message = everything();
        assertEquals(message, StunCodec.decode(ByteBuffer.wrap(StunCodec.encode(message))));
    }

    @Test
    void aBindingRequestIsTwentyBytesAndItsFingerprint() {
        byte[] bytes = StunCodec.encode(StunMessage.request(ID));
        assertEquals("00010008" + ID_HEX + "80280004", HexFormat.of().formatHex(bytes, 0, 24));
        assertEquals(28, bytes.length);
    }

    @Test
    void readsFromThePositionAndMovesNothing() throws Exception {
        byte[] bytes = StunCodec.encode(everything());
        var buffer = ByteBuffer.allocate(bytes.length + 9)
                .position(4)
                .put(bytes)
                .flip()
                .position(4);
        buffer.order(java.nio.ByteOrder.LITTLE_ENDIAN);
        assertEquals(everything(), StunCodec.decode(buffer));
        assertEquals(4, buffer.position());
    }

    /** RFC 8489 section 5, figure 3: the bits of the class lie between those of the method. */
    @ParameterizedTest
    @CsvSource({"0001, REQUEST, 1", "0011, INDICATION, 1", "0101, SUCCESS, 1", "0111, ERROR, 1", "3eef, REQUEST, 4095"})
    void typeIsMethodAndClass(String type, MessageClass messageClass, int method) throws Exception {
        var message = decode(type + "0000" + ID_HEX);
        assertEquals(messageClass, message.messageClass());
        assertEquals(method, message.method());
        assertEquals(Integer.parseInt(type, 16), messageClass.type(method));
    }

    @Test
    void prefersTheAddressThatNobodyRewrote() throws Exception {
        var rewritten = Endpoint.parse("10.0.0.2:4000");
        var message = new StunMessage(
                MessageClass.SUCCESS, 1, ID, List.of(new MappedAddress(rewritten), new XorMappedAddress(V4)), false);
        assertEquals(Optional.of(V4), message.mapped());
        var old = new StunMessage(MessageClass.SUCCESS, 1, ID, List.of(new MappedAddress(V4)), false);
        assertEquals(Optional.of(V4), old.mapped());
    }

    @Test
    void whatIsUnknownIsKeptAndToldWhenItMatters() throws Exception {
        var message = withAttributes("7f01 0003 aabbcc00" + "ff01 0000");
        assertEquals(List.of(new AttributeType(0x7f01)), message.notUnderstood());
        assertEquals(
                new Opaque(new AttributeType(0x7f01), Octets.of(new byte[] {(byte) 0xaa, (byte) 0xbb, (byte) 0xcc})),
                message.attributes().getFirst());
    }

    @Test
    void addressesOfServersForOldClientsToo() throws Exception {
        var message = withAttributes("0004 0008 0001 0d96 c0000201" + "0005 0008 0001 0d97 c0000202");
        assertEquals(List.of(), message.notUnderstood());
    }

    @Test
    void whatFollowsTheIntegrityIsIgnored() throws Exception {
        String sha1 = "0008 0014" + "00".repeat(20);
        String sha256 = "001c 0020" + "11".repeat(32);
        String late = "0020 0008 0001 0000 00000000";
        var message = withAttributes(sha1 + late + sha256 + late);
        assertEquals(
                List.of(AttributeType.MESSAGE_INTEGRITY, AttributeType.MESSAGE_INTEGRITY_SHA256),
                message.attributes().stream().map(StunAttribute::type).toList());
    }

    @Test
    void responsePortIsReadWithAndWithoutItsPadding() throws Exception {
        assertEquals(
                List.of(new ResponsePort(0x1234)),
                withAttributes("0027 0004 12340000").attributes());
        assertEquals(
                List.of(new ResponsePort(0x1234)),
                withAttributes("0027 0002 12340000").attributes());
    }

    @Test
    void textFromOutsideCommandsNoTerminal() throws Exception {
        var message = withAttributes("8022 0008 1b5b326a ff20c3a4");
        assertEquals(List.of(new Software("\ufffd[2j\ufffd ä")), message.attributes());
        assertEquals(127, new Software("x".repeat(500)).description().length());
        assertEquals(
                126,
                new Software("x".repeat(126) + "\ud83d\ude00").description().length());
    }

    @Test
    void saysWhatIsWrong() {
        assertEquals(Reason.TRUNCATED, refusal("0101"));
        assertEquals(Reason.NOT_STUN, refusal("01010000" + "2112a443" + "00".repeat(12)));
        assertEquals(Reason.NOT_STUN, refusal("40010000" + ID_HEX));
        assertEquals(Reason.MESSAGE_LENGTH, refusal("01010004" + ID_HEX));
        assertEquals(Reason.MESSAGE_LENGTH, refusal("01010000" + ID_HEX + "00000000"));
        assertEquals(Reason.MESSAGE_LENGTH, refusal("01010002" + ID_HEX + "0000"));
        assertEquals(Reason.ATTRIBUTE_LENGTH, refusal("01010004" + ID_HEX + "80220001"));
        assertEquals(Reason.FINGERPRINT, refusal("01010008" + ID_HEX + "8028000400000000"));
    }

    @ParameterizedTest
    @CsvSource({
        "an address of no family,0001 0008 0000 0d96 c0000201",
        "an IPv4 address of 16 bytes,0020 0014 0001 0d96 20010db8000000000000000000000001",
        "an IPv6 address of 4 bytes,0020 0008 0002 0d96 c0000201",
        "an address cut short,802c 0003 00010d00",
        "an error without a number,0009 0002 00000000",
        "an error of class 2,0009 0004 00000200",
        "an error with number 100,0009 0004 00000464",
        "half an unknown attribute,000a 0003 00030000",
        "a change request of 2 bytes,0003 0002 00000000",
        "a response port of 3 bytes,0027 0003 00000000",
        "a cache timeout of 8 bytes,8027 0008 0000000000000000",
    })
    void refusesAValueThatIsNotWhatItsTypeSays(String name, String attribute) {
        var refusal = assertThrows(MalformedStunException.class, () -> withAttributes(attribute), name);
        assertEquals(Reason.ATTRIBUTE_VALUE, refusal.reason());
    }

    @Test
    void refusesToWriteMoreThanADatagram() {
        var long1 = new Padding(0xffff);
        assertThrows(IllegalArgumentException.class, () -> StunCodec.encode(StunMessage.request(ID, long1)));
    }

    @Test
    void aMessageCutAtAnyByteIsRefused() {
        byte[] whole = StunCodec.encode(everything());
        for (int length = 0; length < whole.length; length++) {
            var cut = ByteBuffer.wrap(Arrays.copyOf(whole, length));
            assertThrows(MalformedStunException.class, () -> StunCodec.decode(cut));
        }
    }

    @Test
    void anyBytesAreReadOrRefusedAndWhatWasReadIsWrittenAndReadAlike() throws Exception {
        long seed = Long.getLong("seed", new java.security.SecureRandom().nextLong());
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var everything = everything();
        var bare = new StunMessage(everything.messageClass(), everything.method(), ID, everything.attributes(), false);
        byte[][] good = {
            StunCodec.encode(everything),
            StunCodec.encode(bare),
            StunVectorsTest.vector("rfc5769-2.3-ipv6-response"),
            StunVectorsTest.vector("rfc8489-b.1-request-sha256"),
        };
        int read = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = damaged(random, good[random.nextInt(good.length)]);
            StunMessage message;
            try {
                message = StunCodec.decode(ByteBuffer.wrap(bytes));
            } catch (MalformedStunException e) {
                continue;
            }
            read++;
            assertEquals(message, StunCodec.decode(ByteBuffer.wrap(StunCodec.encode(message))));
        }
        assertTrue(read > 1_000, "only " + read + " were read: the damage is too great to find anything");
    }

    /** Some bytes changed, cut or appended, mostly with a length field that fits; sometimes nothing but noise. */
    private static byte[] damaged(Random random, byte[] good) {
        if (random.nextInt(20) == 0) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        int length = random.nextInt(4) == 0 ? random.nextInt(good.length + 32) & ~3 : good.length;
        byte[] bytes = Arrays.copyOf(good, Math.max(4, length));
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> (byte) 0xff;
                case 2 -> (byte) (bytes[at] + 1);
                default -> (byte) random.nextInt();
            };
        }
        if (random.nextInt(3) > 0) {
            ByteBuffer.wrap(bytes).putShort(2, (short) (bytes.length - StunCodec.HEADER));
        }
        return bytes;
    }
}
