package dev.reroam.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.packet.UdpDatagram;
import java.nio.ByteBuffer;

/** What raw sockets receive. */
class UdpDatagramFuzzTest {

    private static final int SMALLEST_IPV4_HEADER = 20;
    private static final IpAddress FAR = IpAddress.parse("2001:db8::1");
    private static final IpAddress NEAR = IpAddress.parse("2001:db8::2");

    @FuzzTest
    void ipv4IsRefusedOrADatagramWithinThePacket(byte[] data) {
        UdpDatagram.readIpv4(ByteBuffer.wrap(data)).ifPresent(datagram -> {
            assertEquals(IpFamily.V4, datagram.from().address().family());
            assertEquals(IpFamily.V4, datagram.to().address().family());
            assertTrue(
                    datagram.payload().remaining() <= data.length - SMALLEST_IPV4_HEADER - UdpDatagram.HEADER,
                    datagram::toString);
        });
    }

    @FuzzTest
    void ipv6IsRefusedOrADatagramThatIsWrittenAlike(byte[] data) {
        UdpDatagram.readIpv6(FAR, NEAR, ByteBuffer.wrap(data)).ifPresent(datagram -> {
            var written =
                    ByteBuffer.allocate(UdpDatagram.HEADER + datagram.payload().remaining());
            UdpDatagram.write(datagram.from(), datagram.to(), datagram.payload(), written);
            assertEquals(datagram, UdpDatagram.readIpv6(FAR, NEAR, written).orElseThrow());
        });
    }
}
