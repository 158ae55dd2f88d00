package dev.reroam.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttributeReaderTest {

    private static final AttributeNames NAMES = AttributeNames.of("T", "UNSPEC", "ONE", "TWO");

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    private static AttributeReader read(ByteBuffer bytes) throws MalformedMessageException {
        return AttributeReader.after(0, bytes, "test", NAMES);
    }

    private static AttributeReader read(String hex) throws MalformedMessageException {
        return read(
                ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))).order(ByteOrder.LITTLE_ENDIAN));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void readsWhatTheWriterWrote(ByteOrder order) throws Exception {
        var v4 = IpAddress.parse("192.0.2.1");
        var v6 = IpAddress.parse("2001:db8::8000:1");
        var buffer = ByteBuffer.allocate(512).order(order);
        var writer = new AttributeWriter(buffer)
                .u8(1, 0xfe)
                .u16(2, 0xfedc)
                .u32(3, 0xfedcba98)
                .u64(4, 0xfedcba9876543210L)
                .be16(5, 51820)
                .be32(6, 0x01020304)
                .string(7, "eth0")
                .bytes(8, new byte[] {1, 2, 3})
                .address(9, v4)
                .address(10, v6)
                .flag(11);
        int nest = writer.nest(12);
        writer.u8(1, 5).end(nest);
        var reader = read(buffer.flip().order(order));
        assertTrue(reader.next());
        assertEquals(0xfe, reader.u8());
        assertTrue(reader.next());
        assertEquals(0xfedc, reader.u16());
        assertTrue(reader.next());
        assertEquals(0xfedcba98, reader.u32());
        assertTrue(reader.next());
        assertEquals(0xfedcba9876543210L, reader.u64());
        assertTrue(reader.next());
        assertEquals(51820, reader.be16());
        assertTrue(reader.next());
        assertEquals(0x01020304, reader.be32());
        assertTrue(reader.next());
        assertEquals("eth0", reader.string());
        assertTrue(reader.next());
        assertArrayEquals(new byte[] {1, 2, 3}, reader.bytes());
        assertTrue(reader.next());
        assertEquals(v4, reader.address());
        assertTrue(reader.next());
        assertEquals(v6, reader.address());
        assertTrue(reader.next());
        assertEquals(11, reader.type());
        assertEquals(0, reader.length());
        assertTrue(reader.next());
        assertEquals(12, reader.type(), "the nested bit is no part of the type");
        var inner = reader.nested(NAMES);
        assertTrue(inner.next());
        assertEquals(5, inner.u8());
        assertFalse(inner.next());
        assertFalse(reader.next());
        reader.check();
    }

    @ParameterizedTest
    @MethodSource("orders")
    void structureInNetworkOrderIsReadWhateverTheMachines(ByteOrder order) throws Exception {
        var buffer = ByteBuffer.allocate(64).order(order);
        new AttributeWriter(buffer).bytes(1, HexFormat.of().parseHex("00fedc80010203fedcba9876543210"));
        var reader = read(buffer.flip());
        assertTrue(reader.next());
        assertEquals(0xfedc, reader.be16At(1));
        assertEquals(0x80010203, reader.be32At(3));
        assertEquals(0xfedcba9876543210L, reader.be64At(7));
        assertEquals(0, reader.be64At(8));
        assertThrows(MalformedMessageException.class, reader::check);
    }

    @Test
    void firstErrorNamesTheAttributeAndStays() throws Exception {
        var reader = read("0800 0100 01020304 0500 0200 01000000");
        assertTrue(reader.next());
        assertEquals(0, reader.u16());
        assertEquals(0, reader.u8());
        assertFalse(reader.next());
        var error = assertThrows(MalformedMessageException.class, reader::check);
        assertEquals("test: T_ONE", error.where());
        assertEquals("4 bytes, not 2", error.why());
    }

    @Test
    void errorInsideANestIsSeenOutside() throws Exception {
        var reader = read("0c00 0180 0500 4d00 01000000 0800 0200 01020304");
        assertTrue(reader.next());
        var inner = reader.nested(AttributeNames.of("INNER"));
        assertTrue(inner.next());
        inner.u32();
        assertFalse(reader.next());
        assertEquals(
                "test: INNER[77]",
                assertThrows(MalformedMessageException.class, reader::check).where());
    }

    @Test
    void nestedAttributeCannotReachBeyondItsParent() throws Exception {
        // The inner attribute claims 8 bytes where its parent has 4 left; bytes of the next attribute follow.
        var reader = read("0800 0180 0800 0100 0800 0200 01020304");
        assertTrue(reader.next());
        assertFalse(reader.nested(NAMES).next());
        assertThrows(MalformedMessageException.class, reader::check);
    }

    @Test
    void lengthsBelowAHeaderOrBeyondTheEndAreErrors() throws Exception {
        for (String hex : new String[] {"0300 0100", "0000 0100", "0900 0100 01020304", "0400 0100 01"}) {
            var reader = read(hex);
            while (reader.next()) {
                assertEquals(1, reader.type());
            }
            assertThrows(MalformedMessageException.class, reader::check, hex);
        }
    }

    @Test
    void lastAttributeNeedNotBePadded() throws Exception {
        var reader = read("0500 0100 07");
        assertTrue(reader.next());
        assertEquals(7, reader.u8());
        assertFalse(reader.next());
        reader.check();
    }

    @Test
    void structuresAreReadWithinTheirLength() throws Exception {
        var reader = read("0c00 0100 0102030405060708");
        assertTrue(reader.next());
        assertEquals(0x0201, reader.u16At(0));
        assertEquals(0x08070605, reader.u32At(4));
        assertEquals(8, reader.u8At(7));
        assertEquals(0, reader.u32At(5));
        assertThrows(MalformedMessageException.class, reader::check);
    }

    @Test
    void shortFixedPartIsAnError() {
        var bytes = ByteBuffer.wrap(new byte[] {1, 2, 3}).order(ByteOrder.LITTLE_ENDIAN);
        var error =
                assertThrows(MalformedMessageException.class, () -> AttributeReader.after(12, bytes, "rtmsg", NAMES));
        assertEquals("rtmsg: 3 bytes, not the 12 of its fixed part [010203]", error.getMessage());
    }

    @Test
    void writerRefusesWhatDoesNotFitAndKeepsWhatItHas() {
        var buffer = ByteBuffer.allocate(16);
        var writer = new AttributeWriter(buffer).u32(1, 1);
        assertEquals(8, writer.remaining());
        assertThrows(IllegalArgumentException.class, () -> writer.u64(2, 1));
        assertEquals(8, writer.position());
        int mark = writer.nest(3);
        writer.rewind(mark);
        assertEquals(8, writer.position());
    }

    @Test
    void nestTooLargeForItsLengthIsRefused() {
        var writer = new AttributeWriter(ByteBuffer.allocate(200_000));
        int mark = writer.nest(1);
        writer.bytes(1, new byte[60_000]).bytes(1, new byte[6_000]);
        assertThrows(IllegalArgumentException.class, () -> writer.end(mark));
        assertThrows(IllegalArgumentException.class, () -> writer.bytes(1, new byte[65_532]));
    }

    @Test
    void anyBytesGiveAttributesOrTheTypedErrorWithinBounds() throws Exception {
        var random = Fuzz.random();
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            // Small lengths make deeper walks likely.
            for (int i = 0; i < bytes.length; i += 4) {
                if (random.nextBoolean()) {
                    bytes[i] = (byte) random.nextInt(12);
                    if (i + 1 < bytes.length) {
                        bytes[i + 1] = 0;
                    }
                }
            }
            var reader = read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
            int steps = walk(reader, 0);
            assertTrue(steps <= 64 * 64, "steps " + steps);
        }
    }

    private static int walk(AttributeReader reader, int depth) {
        int steps = 0;
        while (reader.next()) {
            steps++;
            switch (reader.type() % 8) {
                case 0 -> reader.u8();
                case 1 -> reader.u32At(2);
                case 2 -> reader.string();
                case 3 -> reader.bytes();
                case 4 -> reader.address();
                case 5 -> reader.address(IpFamily.V4);
                case 6 -> reader.u64At(0);
                default -> steps += depth < 8 ? walk(reader.nested(NAMES), depth + 1) : 0;
            }
        }
        return steps;
    }
}
