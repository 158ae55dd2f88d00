package dev.reroam.linux.sockdiag;

import static dev.reroam.linux.netlink.FakeKernel.acknowledgement;
import static dev.reroam.linux.netlink.FakeKernel.datagram;
import static dev.reroam.linux.netlink.FakeKernel.done;
import static dev.reroam.linux.netlink.FakeKernel.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.FakeKernel;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.NetlinkException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no kernel can be made to do on demand: other byte orders, kernels that cannot. */
class DiagSocketFakeTest {

    private static final TcpConnection CONNECTION = new TcpConnection(
            TcpState.ESTABLISHED,
            Endpoint.parse("192.0.2.7:40000"),
            Endpoint.parse("198.51.100.1:443"),
            OptionalInt.of(3),
            1,
            2,
            1000,
            77,
            0x0000_0005_8000_0004L,
            OptionalInt.of(0x80000),
            OptionalLong.of(1L << 33),
            Optional.of(new TcpHealth(2, 3, 1_600_000, 4, 50, 60, 70)));

    private static final String ENDS = "9c4001bb" + "c0000207" + "00".repeat(12) + "c6336401" + "00".repeat(12);

    /** The message of {@link #CONNECTION}, in the request's byte order. */
    private static void message(AttributeWriter body) {
        body.fixed8(2).fixed8(1).fixed8(0).fixed8(2);
        body.fixed(HexFormat.of().parseHex("9c4001bb"));
        body.fixed(HexFormat.of().parseHex("c0000207" + "00".repeat(12)));
        body.fixed(HexFormat.of().parseHex("c6336401" + "00".repeat(12)));
        body.fixed32(3).fixed32(0x8000_0004).fixed32(5);
        body.fixed32(0).fixed32(1).fixed32(2).fixed32(1000).fixed32(77);
        body.u32(15, 0x80000).u64(21, 1L << 33);
        int info = body.nest(2);
        body.fixed(new byte[] {1, 0, 2, 0, 3, 0, 0, 0}).fixed32(1_600_000).fixed(new byte[12]);
        body.fixed32(4)
                .fixed(new byte[16])
                .fixed32(50)
                .fixed32(0)
                .fixed32(60)
                .fixed32(70)
                .end(info);
    }

    @ParameterizedTest
    @CsvSource({"BIG_ENDIAN", "LITTLE_ENDIAN"})
    void aMessageSaysTheSameInEitherByteOrder(String name) throws Exception {
        ByteOrder order = name.startsWith("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        byte[] message = FakeKernel.message(order, 20, 0, 1, 1, DiagSocketFakeTest::message);
        var payload = ByteBuffer.wrap(message).order(order).position(MessageHeader.LENGTH);
        assertEquals(Optional.of(CONNECTION), TcpConnectionCodec.decode(payload));
    }

    @Test
    void aRequestIsWrittenInTheOrderOfItsMachine() {
        var big = ByteBuffer.allocate(TcpConnectionCodec.REQUEST_LENGTH);
        TcpConnectionCodec.writeOne(new AttributeWriter(big), CONNECTION);
        assertEquals(
                "02060200" + "ffffffff" + ENDS + "00000003" + "80000004" + "00000005",
                HexFormat.of().formatHex(big.array()));
        var little = ByteBuffer.allocate(TcpConnectionCodec.REQUEST_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        TcpConnectionCodec.writeOne(new AttributeWriter(little), CONNECTION);
        assertEquals(
                "02060200" + "ffffffff" + ENDS + "03000000" + "04000080" + "05000000",
                HexFormat.of().formatHex(little.array()));
    }

    @ParameterizedTest
    @CsvSource({"0, DONE", "2, GONE", "95, UNSUPPORTED", "22, UNSUPPORTED"})
    void saysHowADestructionEnded(int errno, Destruction expected) throws Exception {
        var kernel =
                FakeKernel.answering(request -> List.of(datagram(acknowledgement(request, new Errno(errno), "", -1))));
        try (var socket = new DiagSocket(kernel.socket())) {
            assertEquals(expected, socket.destroy(CONNECTION));
        }
    }

    @Test
    void aMissingRightIsTheKernelsRefusal() {
        var kernel = FakeKernel.answering(request -> List.of(datagram(acknowledgement(request, Errno.EPERM, "", -1))));
        try (var socket = new DiagSocket(kernel.socket())) {
            var refusal = assertThrows(NetlinkException.class, () -> socket.destroy(CONNECTION));
            assertEquals(Errno.EPERM, refusal.errno());
            assertEquals("destroy TCP connection 192.0.2.7:40000 to 198.51.100.1:443", refusal.operation());
        }
    }

    @Test
    void aStateOrFamilyThatIsNotKnownIsLeftOut() throws Exception {
        for (int[] odd : new int[][] {{2, 77}, {40, 1}}) {
            var kernel = FakeKernel.answering(request -> List.of(datagram(
                    reply(
                            request,
                            20,
                            MessageHeader.MULTI,
                            body -> body.fixed8(odd[0])
                                    .fixed8(odd[1])
                                    .fixed(new byte[TcpConnectionCodec.FIXED_LENGTH - 2])),
                    done(request))));
            try (var socket = new DiagSocket(kernel.socket())) {
                assertEquals(List.of(), socket.connections(IpFamily.V4, Set.of(TcpState.ESTABLISHED)));
            }
        }
    }
}
