package dev.reroam.linux.netlink;

import static dev.reroam.linux.netlink.FakeKernel.datagram;
import static dev.reroam.linux.netlink.FakeKernel.done;
import static dev.reroam.linux.netlink.FakeKernel.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GenericFamilyTest {

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    private static byte[] family(ByteBuffer asked, String name, int id) {
        return reply(
                asked,
                16,
                MessageHeader.MULTI,
                body -> body.fixed32(0).string(2, name).u16(1, id).u32(3, 1).u32(4, 0));
    }

    private static FakeKernel kernel(ByteOrder order) {
        return new FakeKernel(
                order,
                asked -> List.of(
                        datagram(family(asked, "nlctrl", 16), family(asked, "wireguard2", 30)),
                        datagram(family(asked, "wireguard", 0x1c), done(asked))));
    }

    private static Optional<GenericFamily> find(FakeKernel kernel, ByteOrder order, String name) throws Exception {
        return GenericFamily.find(kernel.socket(), new Request(128, order), name);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void isFoundAmongTheOthers(ByteOrder order) throws Exception {
        assertEquals(Optional.of(new GenericFamily("wireguard", 0x1c)), find(kernel(order), order, "wireguard"));
        assertEquals(Optional.empty(), find(kernel(order), order, "wire"));
    }

    @Test
    void allFamiliesAreAskedForBecauseANameMightLoadAModule() throws Exception {
        var kernel = kernel(ByteOrder.LITTLE_ENDIAN);
        find(kernel, ByteOrder.LITTLE_ENDIAN, "wireguard");
        assertEquals(
                "14000000 1000 0103 01000000 67120000 03020000".replace(" ", ""),
                HexFormat.of().formatHex(kernel.requests().getFirst()));
    }

    @Test
    void garbageInAnEntryIsAnError() {
        var kernel = FakeKernel.answering(asked -> List.of(datagram(
                reply(asked, 16, MessageHeader.MULTI, body -> body.fixed32(0).u32(1, 7)), done(asked))));
        var error =
                assertThrows(MalformedMessageException.class, () -> find(kernel, ByteOrder.nativeOrder(), "wireguard"));
        assertEquals("generic netlink family: CTRL_ATTR_FAMILY_ID", error.where());
    }

    @Test
    void messageBeginsWithCommandAndVersion() {
        var request = new Request(64, ByteOrder.BIG_ENDIAN);
        new GenericFamily("wireguard", 0x1c).begin(request, "test", 7, 1).u16(6, 5);
        var bytes = request.seal(0, 1, 2);
        byte[] all = new byte[bytes.remaining()];
        bytes.get(all);
        assertEquals(
                "0000001c 001c 0001 00000001 00000002 07010000 0006000600050000".replace(" ", ""),
                HexFormat.of().formatHex(all));
    }

    /** Against the kernel that runs the tests. */
    @Test
    void theControllerFindsItselfAndNobodyElseByAnUnknownName() throws Exception {
        try (var socket = NetlinkSocket.open(NetlinkProtocol.GENERIC)) {
            var request = new Request(128);
            assertEquals(Optional.of(new GenericFamily("nlctrl", 16)), GenericFamily.find(socket, request, "nlctrl"));
            assertEquals(Optional.empty(), GenericFamily.find(socket, request, "no such family"));
            assertEquals(0, socket.stale());
        }
    }
}
