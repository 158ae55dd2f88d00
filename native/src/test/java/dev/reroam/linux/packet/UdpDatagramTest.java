package dev.reroam.linux.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.netlink.Fuzz;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpDatagramTest {

    private static final Endpoint FROM = Endpoint.parse("192.0.2.1:51820");
    private static final Endpoint TO = Endpoint.parse("198.51.100.7:3478");

    private static ByteBuffer payload(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 37 + 1);
        }
        return ByteBuffer.wrap(bytes);
    }

    /** A packet as a raw socket receives it, with {@code options} words of options. */
    private static ByteBuffer packet(int payloadLength, int options) {
        int header = 20 + 4 * options;
        var udp = ByteBuffer.allocate(8 + payloadLength);
        UdpDatagram.write(FROM, TO, payload(payloadLength), udp);
        var packet = ByteBuffer.allocate(header + udp.remaining());
        packet.put(0, (byte) (0x40 | header / 4)).putShort(2, (short) packet.limit());
        packet.put(9, (byte) 17);
        packet.put(12, FROM.address().bytes()).put(16, TO.address().bytes());
        packet.put(header, udp, 0, udp.limit());
        return packet;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 27, 28, 1400})
    void readsWhatItWrote(int length) {
        for (int options = 0; options <= 10; options += 5) {
            var read = UdpDatagram.readIpv4(packet(length, options)).orElseThrow();
            assertEquals(FROM, read.from());
            assertEquals(TO, read.to());
            assertEquals(payload(length), read.payload());
        }
    }

    /** The sum was made by hand: 0xc000+0x0201+0xc633+0x6407+0x0011+0x000c+0xca6c+0x0d96+0x000c+0x0102+0x0304. */
    @Test
    void writesTheChecksumOfTheRfc() {
        var udp = ByteBuffer.allocate(12);
        UdpDatagram.write(FROM, TO, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), udp);
        int sum = 0xc000 + 0x0201 + 0xc633 + 0x6407 + 0x11 + 12 + 0xca6c + 0x0d96 + 12 + 0x0102 + 0x0304;
        int folded = (sum & 0xffff) + (sum >>> 16);
        assertEquals(
                "ca6c0d96000c" + String.format(java.util.Locale.ROOT, "%04x", ~folded & 0xffff) + "01020304",
                HexFormat.of().formatHex(udp.array()));
    }

    @Test
    void leavesTheChecksumOfIpv6ToTheKernel() {
        var udp = ByteBuffer.allocate(9);
        UdpDatagram.write(
                Endpoint.parse("[2001:db8::1]:1"), Endpoint.parse("[2001:db8::2]:2"), ByteBuffer.allocate(1), udp);
        assertEquals("000100020009000000", HexFormat.of().formatHex(udp.array()));
    }

    @Test
    void anyFlippedBitOfTheDatagramIsFound() {
        byte[] good = packet(27, 0).array();
        for (int bit = 20 * 8; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(Optional.empty(), UdpDatagram.readIpv4(ByteBuffer.wrap(bad)), "bit " + bit);
        }
    }

    @Test
    void anAbsentAndAnUnfinishedChecksumAreTaken() {
        var absent = packet(27, 0).putShort(26, (short) 0);
        assertTrue(UdpDatagram.readIpv4(absent).isPresent());
        int pseudo = 0xc000 + 0x0201 + 0xc633 + 0x6407 + 17 + 35;
        var unfinished = packet(27, 0).putShort(26, (short) ((pseudo & 0xffff) + (pseudo >>> 16)));
        assertTrue(UdpDatagram.readIpv4(unfinished).isPresent());
    }

    @Test
    void whatIsCutIsNoDatagram() {
        byte[] good = packet(27, 2).array();
        for (int length = 0; length < good.length; length++) {
            assertEquals(Optional.empty(), UdpDatagram.readIpv4(ByteBuffer.wrap(Arrays.copyOf(good, length))));
        }
    }

    @Test
    void aFragmentAndAnotherProtocolAreNoDatagram() {
        assertEquals(Optional.empty(), UdpDatagram.readIpv4(packet(8, 0).putShort(6, (short) 0x2000)));
        assertEquals(Optional.empty(), UdpDatagram.readIpv4(packet(8, 0).putShort(6, (short) 1)));
        assertEquals(Optional.empty(), UdpDatagram.readIpv4(packet(8, 0).put(9, (byte) 6)));
        assertEquals(Optional.empty(), UdpDatagram.readIpv4(packet(8, 0).put(0, (byte) 0x65)));
        assertEquals(Optional.empty(), UdpDatagram.readIpv4(packet(8, 0).put(0, (byte) 0x44)));
        // Do not fragment is no fragment.
        assertTrue(
                UdpDatagram.readIpv4(packet(8, 0).putShort(6, (short) 0x4000)).isPresent());
    }

    @Test
    void anyBytesAreRead() {
        var random = Fuzz.random();
        byte[] good = packet(27, 2).array();
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = Fuzz.damaged(random, good);
            UdpDatagram.readIpv4(ByteBuffer.wrap(bytes))
                    .ifPresent(read -> assertTrue(read.payload().remaining() <= bytes.length - 28));
            UdpDatagram.readIpv6(FROM.address(), TO.address(), ByteBuffer.wrap(bytes))
                    .ifPresent(read -> assertTrue(read.payload().remaining() <= bytes.length - 8));
        }
    }
}
