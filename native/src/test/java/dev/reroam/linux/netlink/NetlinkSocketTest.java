package dev.reroam.linux.netlink;

import static dev.reroam.linux.netlink.FakeKernel.acknowledgement;
import static dev.reroam.linux.netlink.FakeKernel.datagram;
import static dev.reroam.linux.netlink.FakeKernel.done;
import static dev.reroam.linux.netlink.FakeKernel.reply;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.FakeKernel.Datagram;
import dev.reroam.linux.netlink.FakeKernel.Delivery;
import dev.reroam.linux.netlink.FakeKernel.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetlinkSocketTest {

    private static final int ENTRY = 20;

    private final List<Integer> values = new ArrayList<>();
    private final MessageConsumer collect = (header, payload) -> values.add(payload.getInt(payload.position()));

    private static Request request() {
        var request = new Request(256);
        request.begin("count sheep", 22, 0).fixed32(7).string(3, "wool");
        return request;
    }

    private static byte[] entry(ByteBuffer request, int flags, int value) {
        return reply(request, ENTRY, flags, body -> body.fixed32(value));
    }

    private static byte[] part(ByteBuffer request, int value) {
        return entry(request, MessageHeader.MULTI, value);
    }

    private static FakeKernel kernel(Function<ByteBuffer, List<Delivery>> answer) {
        return FakeKernel.answering(answer);
    }

    @Test
    void changeReturnsWhenTheKernelAcknowledges() throws Exception {
        var kernel = kernel(asked -> List.of(datagram(acknowledgement(asked, Errno.NONE, "", -1))));
        kernel.socket().change(request());
        var sent = ByteBuffer.wrap(kernel.requests().getFirst()).order(ByteOrder.nativeOrder());
        assertEquals(sent.capacity(), sent.getInt(0));
        assertEquals(22, sent.getShort(4));
        assertEquals(MessageHeader.REQUEST | MessageHeader.ACK, sent.getShort(6));
        assertEquals(1, sent.getInt(8));
        assertEquals(FakeKernel.PORT_ID, sent.getInt(12));
    }

    @Test
    void refusalCarriesErrnoKernelTextAndOffset() {
        var kernel = kernel(asked -> List.of(datagram(acknowledgement(asked, Errno.EINVAL, "not a sheep", 20))));
        var refusal = assertThrows(NetlinkException.class, () -> kernel.socket().change(request()));
        assertEquals(Errno.EINVAL, refusal.errno());
        assertEquals("not a sheep", refusal.kernelText());
        assertEquals(OptionalInt.of(20), refusal.offset());
        assertEquals(
                "count sheep: EINVAL: not a sheep (at byte 20 of request type 22 flags 0x5 of 32 bytes)",
                refusal.getMessage());
    }

    @Test
    void refusalMayEchoTheWholeRequestBeforeItsText() {
        var kernel = kernel(asked -> List.of(datagram(reply(
                asked,
                MessageHeader.NLMSG_ERROR,
                MessageHeader.ACK_TLVS,
                body -> body.fixed32(-1)
                        .fixed(asked.array())
                        .fixed(new byte[MessageHeader.align4(asked.capacity()) - asked.capacity()])
                        .string(1, "because")))));
        var refusal = assertThrows(NetlinkException.class, () -> kernel.socket().change(request()));
        assertEquals("because", refusal.kernelText());
        assertEquals(Errno.EPERM, refusal.errno());
    }

    @Test
    void questionEndsWithItsOnlyAnswer() throws Exception {
        var kernel = kernel(asked -> List.of(datagram(entry(asked, 0, 5))));
        kernel.socket().ask(request(), collect);
        assertEquals(List.of(5), values);
    }

    @Test
    void dumpJoinsItsParts() throws Exception {
        var kernel = kernel(asked ->
                List.of(datagram(part(asked, 1), part(asked, 2)), datagram(part(asked, 3)), datagram(done(asked))));
        assertEquals(DumpOutcome.COMPLETE, kernel.socket().dump(request(), collect));
        assertEquals(List.of(1, 2, 3), values);
    }

    @Test
    void dumpSaysThatItWasInterrupted() throws Exception {
        var kernel = kernel(asked -> List.of(datagram(
                part(asked, 1), entry(asked, MessageHeader.MULTI | MessageHeader.DUMP_INTERRUPTED, 2), done(asked))));
        assertEquals(DumpOutcome.INTERRUPTED, kernel.socket().dump(request(), collect));
        assertEquals(List.of(1, 2), values);
    }

    @Test
    void endOfDumpMayCarryAnError() {
        var kernel = kernel(asked -> List.of(datagram(part(asked, 1), done(asked, Errno.ENOMEM))));
        var refusal = assertThrows(NetlinkException.class, () -> kernel.socket().dump(request(), collect));
        assertEquals(Errno.ENOMEM, refusal.errno());
    }

    @Test
    void dumpWithoutEndTimesOutAndTheNextRequestIsClean() throws Exception {
        int[] count = {0};
        var kernel = kernel(asked ->
                count[0]++ == 0 ? List.of(datagram(part(asked, 1))) : List.of(datagram(part(asked, 2), done(asked))));
        var socket = kernel.socket();
        var refusal = assertThrows(NetlinkException.class, () -> socket.dump(request(), collect));
        assertEquals(Errno.ETIMEDOUT, refusal.errno());
        socket.dump(request(), collect);
        assertEquals(List.of(1, 2), values);
    }

    @Test
    void silenceTimesOut() {
        var refusal = assertThrows(
                NetlinkException.class,
                () -> kernel(asked -> List.of()).socket().change(request()));
        assertEquals(Errno.ETIMEDOUT, refusal.errno());
    }

    @Test
    void lostAnswersAreNoted() {
        var kernel = kernel(asked -> List.of(new Failure(Errno.ENOBUFS), datagram(done(asked))));
        var refusal = assertThrows(NetlinkException.class, () -> kernel.socket().dump(request(), collect));
        assertEquals(Errno.ENOBUFS, refusal.errno());
        var overrun = kernel(
                asked -> List.of(datagram(reply(asked, MessageHeader.NLMSG_OVERRUN, 0, body -> body.fixed32(0)))));
        refusal = assertThrows(NetlinkException.class, () -> overrun.socket().dump(request(), collect));
        assertEquals(Errno.ENOBUFS, refusal.errno());
    }

    @ParameterizedTest
    @ValueSource(ints = {32 * 1024 + 4, 60_000, 100_000})
    void datagramLargerThanTheBufferArrivesWhole(int length) throws Exception {
        var kernel = kernel(asked -> List.of(datagram(reply(asked, ENTRY, 0, body -> body.fixed(new byte[length])))));
        var lengths = new ArrayList<Integer>();
        var socket = kernel.socket();
        socket.ask(request(), (header, payload) -> lengths.add(payload.remaining()));
        socket.ask(request(), (header, payload) -> lengths.add(payload.remaining()));
        assertEquals(List.of(length, length), lengths);
    }

    @Test
    void anotherProcessCannotAnswer() throws Exception {
        var kernel = kernel(asked -> List.of(new Datagram(entry(asked, 0, 666), 99), datagram(entry(asked, 0, 5))));
        var socket = kernel.socket();
        socket.ask(request(), collect);
        assertEquals(List.of(5), values);
        assertEquals(1, socket.foreign());
    }

    @Test
    void answersToOtherRequestsAreCountedAndDropped() throws Exception {
        var kernel = kernel(asked -> {
            var other = ByteBuffer.allocate(16).order(asked.order()).putInt(8, 12345);
            byte[] otherPort = FakeKernel.message(
                    asked.order(), ENTRY, 0, asked.getInt(8), FakeKernel.PORT_ID + 1, body -> body.fixed32(667));
            return List.of(datagram(entry(other, 0, 666)), datagram(otherPort), datagram(entry(asked, 0, 5)));
        });
        var socket = kernel.socket();
        socket.ask(request(), collect);
        assertEquals(List.of(5), values);
        assertEquals(2, socket.stale());
    }

    @Test
    void aFloodOfForeignAnswersEnds() {
        var kernel = kernel(
                asked -> java.util.Collections.nCopies(Exchange.MAX_STRAY + 2, new Datagram(entry(asked, 0, 666), 99)));
        var refusal = assertThrows(NetlinkException.class, () -> kernel.socket().ask(request(), collect));
        assertEquals(Errno.EPROTO, refusal.errno());
    }

    @Test
    void whatTheConsumerRejectsEndsTheRequestAndTheRestIsReadAway() throws Exception {
        var kernel =
                kernel(asked -> List.of(datagram(part(asked, 1)), datagram(part(asked, 2)), datagram(done(asked))));
        var socket = kernel.socket();
        assertThrows(
                MalformedMessageException.class,
                () -> socket.dump(request(), (header, payload) -> {
                    throw new MalformedMessageException("sheep", "black");
                }));
        assertEquals(DumpOutcome.COMPLETE, socket.dump(request(), collect));
        assertEquals(List.of(1, 2), values);
    }

    @Test
    void lastMessageNeedNotBeAligned() throws Exception {
        var kernel = kernel(asked -> List.of(
                new Datagram(reply(asked, ENTRY, 0, body -> body.fixed32(9).fixed8(1)), 0)));
        kernel.socket().ask(request(), collect);
        assertEquals(List.of(9), values);
    }

    @Test
    void noOpsAreSkipped() throws Exception {
        var kernel = kernel(
                asked -> List.of(datagram(reply(asked, MessageHeader.NLMSG_NOOP, 0, body -> {}), entry(asked, 0, 5))));
        kernel.socket().ask(request(), collect);
        assertEquals(List.of(5), values);
    }

    @Test
    void streamedDumpReadsABoundedPartAtATime() throws Exception {
        var kernel = kernel(asked -> {
            var parts = new ArrayList<Delivery>();
            for (int i = 0; i < 10; i++) {
                parts.add(datagram(part(asked, i)));
            }
            parts.add(datagram(done(asked)));
            return parts;
        });
        var socket = kernel.socket();
        var stream = socket.stream(request(), collect);
        assertEquals(Optional.empty(), stream.advance(4));
        assertEquals(List.of(0, 1, 2, 3), values);
        assertThrows(IllegalStateException.class, () -> socket.change(request()));
        assertEquals(Optional.empty(), stream.advance(6));
        assertEquals(Optional.of(DumpOutcome.COMPLETE), stream.advance(100));
        assertEquals(10, values.size());
    }

    @Test
    void aStreamGivenUpLeavesTheSocketUsable() throws Exception {
        var kernel =
                kernel(asked -> List.of(datagram(part(asked, 1)), datagram(part(asked, 2)), datagram(done(asked))));
        var socket = kernel.socket();
        try (var stream = socket.stream(request(), collect)) {
            stream.advance(1);
        }
        socket.dump(request(), collect);
        assertEquals(List.of(1, 1, 2), values);
    }

    @Test
    void worksInTheOtherByteOrder() throws Exception {
        var other = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        var kernel = new FakeKernel(other, asked -> List.of(datagram(part(asked, 0x01020304), done(asked))));
        var request = new Request(64, other);
        request.begin("count sheep", 0x0102, 0).u32(0x0304, 0x05060708);
        kernel.socket().dump(request, collect);
        assertEquals(List.of(0x01020304), values);
        byte[] sent = kernel.requests().getFirst();
        byte[] expected = other == ByteOrder.BIG_ENDIAN
                ? new byte[] {0, 0, 0, 24, 1, 2, 3, 1, 0, 0, 0, 1, 0, 0, 0x12, 0x67, 0, 8, 3, 4, 5, 6, 7, 8}
                : new byte[] {24, 0, 0, 0, 2, 1, 1, 3, 1, 0, 0, 0, 0x67, 0x12, 0, 0, 8, 0, 4, 3, 8, 7, 6, 5};
        assertArrayEquals(expected, sent);
    }

    @Test
    void wipedBuffersHoldNothing() throws Exception {
        var kernel = kernel(asked -> List.of(datagram(entry(asked, 0, 0x5eC2e7))));
        var socket = kernel.socket();
        var views = new ArrayList<ByteBuffer>();
        socket.ask(request(), (header, payload) -> views.add(payload.slice()));
        socket.wipe();
        assertEquals(0, views.getFirst().getInt(0));
        var request = request();
        var sealed = request.seal(0, 1, 1);
        request.wipe();
        for (int i = 0; i < sealed.capacity(); i++) {
            assertEquals(0, sealed.get(i));
        }
    }

    @Test
    void aRequestCanBeSentAgainAsItIs() throws Exception {
        var kernel = kernel(asked -> List.of(datagram(acknowledgement(asked, Errno.NONE, "", -1))));
        var socket = kernel.socket();
        var request = request();
        socket.change(request);
        socket.change(request);
        var first = kernel.requests().get(0);
        var second = kernel.requests().get(1);
        assertEquals(
                2, ByteBuffer.wrap(second).order(ByteOrder.nativeOrder()).getInt(8), "a sequence number of its own");
        System.arraycopy(first, 8, second, 8, 4);
        assertArrayEquals(first, second);
    }

    @Test
    void closesItsTransport() {
        var kernel = kernel(asked -> List.of());
        kernel.socket().close();
        assertTrue(kernel.closed());
    }

    /** Any bytes give messages or a typed error, and an end. */
    @Test
    void garbageEndsInATypedError() throws Exception {
        var random = Fuzz.random();
        int answered = 0;
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            var kernel = kernel(asked -> {
                byte[] good = datagramBytes(part(asked, 1), part(asked, 2), done(asked));
                return List.of(new Datagram(Fuzz.damaged(random, good), 0), datagram(done(asked)));
            });
            try {
                kernel.socket().dump(request(), (header, payload) -> {});
                answered++;
            } catch (NetlinkException | MalformedMessageException e) {
                assertTrue(e instanceof IOException);
                refused++;
            }
        }
        assertTrue(answered > 0 && refused > 0, "both happen: " + answered + ", " + refused);
    }

    private static byte[] datagramBytes(byte[]... messages) {
        return ((Datagram) datagram(messages)).bytes();
    }
}
