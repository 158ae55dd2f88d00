package dev.reroam.linux.conntrack;

import static dev.reroam.linux.netlink.FakeKernel.acknowledgement;
import static dev.reroam.linux.netlink.FakeKernel.datagram;
import static dev.reroam.linux.netlink.FakeKernel.done;
import static dev.reroam.linux.netlink.FakeKernel.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.FakeKernel;
import dev.reroam.linux.netlink.FakeKernel.Delivery;
import dev.reroam.linux.netlink.Fuzz;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.NetlinkException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What no kernel can be made to do on demand, and the bytes of both byte orders. */
class ConntrackFakeTest {

    private static final Endpoint PEER = Endpoint.parse("198.51.100.9:51821");
    private static final Endpoint OURS = Endpoint.parse("192.0.2.1:51820");

    private static Flow flow(int id, Endpoint from, Endpoint to) {
        return new Flow(id, FlowTuple.udp(from, to), FlowTuple.udp(to, from), 0, new FlowStatus(8), 0, 30);
    }

    /** Beyond the first question, whether it is there at all. */
    private static FakeKernel kernel(ByteOrder order, Function<ByteBuffer, List<Delivery>> answer) {
        return new FakeKernel(
                order,
                request -> type(request) == Ctnl.GET_STATS
                        ? List.of(
                                datagram(reply(
                                        request,
                                        Ctnl.GET_STATS,
                                        MessageHeader.MULTI,
                                        body -> FlowCodec.header(body, 0))),
                                datagram(acknowledgement(request, Errno.NONE, "", -1)))
                        : answer.apply(request));
    }

    private static int type(ByteBuffer request) {
        return Short.toUnsignedInt(request.getShort(4));
    }

    private static Conntrack above(FakeKernel kernel, ByteOrder order) throws Exception {
        return Conntrack.above(kernel.socket(), order).orElseThrow();
    }

    private static Conntrack answering(Function<ByteBuffer, List<Delivery>> answer) throws Exception {
        return above(kernel(ByteOrder.nativeOrder(), answer), ByteOrder.nativeOrder());
    }

    private static byte[] entry(ByteBuffer request, Flow flow) {
        return reply(request, Ctnl.NEW, MessageHeader.MULTI, body -> {
            FlowCodec.writeName(body, flow);
            writeRest(body, flow);
        });
    }

    private static void writeRest(AttributeWriter body, Flow flow) {
        int whole = body.nest(Ctnl.TUPLE_REPLY);
        int addresses = body.nest(Ctnl.TUPLE_IP);
        boolean v4 = flow.reply().source().address().family() == IpFamily.V4;
        body.address(v4 ? Ctnl.IP_V4_SRC : Ctnl.IP_V6_SRC, flow.reply().source().address())
                .address(
                        v4 ? Ctnl.IP_V4_DST : Ctnl.IP_V6_DST,
                        flow.reply().destination().address())
                .end(addresses);
        int protocol = body.nest(Ctnl.TUPLE_PROTO);
        body.u8(Ctnl.PROTO_NUM, flow.reply().protocol())
                .be16(Ctnl.PROTO_SRC_PORT, flow.reply().source().port())
                .be16(Ctnl.PROTO_DST_PORT, flow.reply().destination().port())
                .end(protocol);
        if (flow.reply().zone() != 0) {
            body.be16(Ctnl.TUPLE_ZONE, flow.reply().zone());
        }
        body.end(whole);
        body.be32(Ctnl.STATUS, flow.status().bits())
                .be32(Ctnl.MARK, flow.mark())
                .be32(Ctnl.TIMEOUT, flow.timeoutSeconds());
    }

    private static List<Flow> read(Conntrack table, FlowFilter filter) throws Exception {
        var flows = new ArrayList<Flow>();
        try (var stream = table.stream(filter, flows::add)) {
            while (stream.advance(1).isEmpty()) {
                assertTrue(flows.size() < 1000);
            }
        }
        return flows;
    }

    private static FlowTuple anyTuple(Random random, IpFamily family) {
        return new FlowTuple(
                FlowTuple.UDP, anyEndpoint(random, family), anyEndpoint(random, family), random.nextInt(0x10000));
    }

    private static Endpoint anyEndpoint(Random random, IpFamily family) {
        byte[] address = new byte[family.bytes()];
        random.nextBytes(address);
        return new Endpoint(IpAddress.of(address), random.nextInt(0x10000));
    }

    @Test
    void everyFlowIsReadAsItWasWritten() throws Exception {
        var random = Fuzz.random();
        for (int i = 0; i < 500; i++) {
            var order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            var family = random.nextBoolean() ? IpFamily.V4 : IpFamily.V6;
            var sent = new Flow(
                    random.nextInt(),
                    anyTuple(random, family),
                    anyTuple(random, family),
                    random.nextInt(0x10000),
                    new FlowStatus(random.nextInt()),
                    random.nextInt(),
                    random.nextInt());
            var table = above(kernel(order, request -> List.of(datagram(entry(request, sent), done(request)))), order);
            assertEquals(List.of(sent), read(table, FlowFilter.all(family)));
        }
    }

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void flowIsTheSameInBothByteOrders(ByteOrder order) throws Exception {
        var sent = new Flow(
                0x80000001,
                new FlowTuple(FlowTuple.UDP, OURS, PEER, 6),
                FlowTuple.udp(PEER, Endpoint.parse("203.0.113.5:4000")),
                5,
                new FlowStatus(0x198),
                0x51,
                29);
        var table = above(kernel(order, request -> List.of(datagram(entry(request, sent), done(request)))), order);
        assertEquals(List.of(sent), read(table, FlowFilter.all(IpFamily.V4)));
    }

    @ParameterizedTest
    @CsvSource({
        // Headers in the machine's order, values in network order. After the netlink header: nfgenmsg, the tuple, the
        // id.
        "LITTLE, 02000000"
                + "340001801400018008000100c000020108000200c6336409"
                + "1c000280050001001100000006000200ca6c000006000300ca6d0000"
                + "08000c001204cbc3",
        "BIG, 02000000"
                + "003480010014800100080001c000020100080002c6336409"
                + "001c80020005000111000000" + "00060002ca6c000000060003ca6d0000"
                + "0008000c1204cbc3",
    })
    void forgettingNamesTheOneFlow(String endian, String expected) throws Exception {
        var order = endian.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        var kernel = kernel(order, request -> List.of(datagram(acknowledgement(request, Errno.NONE, "", -1))));
        assertEquals(Conntrack.Forgetting.FORGOTTEN, above(kernel, order).forget(flow(0x1204cbc3, OURS, PEER)));
        byte[] sent = kernel.requests().getLast();
        assertEquals(Ctnl.DELETE, type(ByteBuffer.wrap(sent).order(order)));
        assertEquals(expected, HexFormat.of().formatHex(sent, MessageHeader.LENGTH, sent.length));
    }

    @Test
    void whatIsGoneIsNoFailure() throws Exception {
        var table = answering(request -> List.of(datagram(acknowledgement(request, Errno.ENOENT, "", -1))));
        assertEquals(Conntrack.Forgetting.GONE, table.forget(flow(1, OURS, PEER)));
    }

    @Test
    void refusalCarriesTheKernelsWords() throws Exception {
        var table = answering(request -> List.of(datagram(acknowledgement(request, Errno.EBUSY, "offloaded", -1))));
        var refused = assertThrows(NetlinkException.class, () -> table.forget(flow(1, OURS, PEER)));
        assertEquals(Errno.EBUSY, refused.errno());
        assertEquals("offloaded", refused.kernelText());
        assertEquals("forget flow 192.0.2.1:51820 -> 198.51.100.9:51821", refused.operation());
    }

    @ParameterizedTest
    @CsvSource({"22", "93", "95", "111"})
    void kernelWithoutTrackingIsAnAnswer(int errno) throws Exception {
        var kernel =
                FakeKernel.answering(request -> List.of(datagram(acknowledgement(request, new Errno(errno), "", -1))));
        assertEquals(Optional.empty(), Conntrack.above(kernel.socket(), ByteOrder.nativeOrder()));
        assertTrue(kernel.closed());
    }

    @Test
    void missingPermissionIsNoAbsence() {
        var kernel = FakeKernel.answering(request -> List.of(datagram(acknowledgement(request, Errno.EPERM, "", -1))));
        var refused =
                assertThrows(NetlinkException.class, () -> Conntrack.above(kernel.socket(), ByteOrder.nativeOrder()));
        assertEquals(Errno.EPERM, refused.errno());
        assertTrue(kernel.closed());
    }

    @Test
    void kernelThatKnowsNoFiltersIsFilteredHere() throws Exception {
        var meant = flow(1, OURS, PEER);
        var table = answering(request -> List.of(
                datagram(
                        entry(request, flow(2, OURS, Endpoint.parse("198.51.100.9:51822"))),
                        entry(request, meant),
                        entry(request, flow(3, PEER, OURS))),
                datagram(done(request))));
        assertEquals(
                List.of(meant),
                read(
                        table,
                        new FlowFilter(
                                IpFamily.V4,
                                Optional.empty(),
                                OptionalInt.of(51820),
                                Optional.of(PEER.address()),
                                OptionalInt.of(51821))));
    }

    @Test
    void tableOfAHundredThousandIsNeverHeld() throws Exception {
        int datagrams = 1000;
        var table = answering(request -> {
            var all = new ArrayList<Delivery>();
            for (int i = 0; i < datagrams; i++) {
                byte[][] entries = new byte[100][];
                for (int j = 0; j < entries.length; j++) {
                    // Of all of them one is meant.
                    int number = i * entries.length + j;
                    entries[j] = entry(
                            request, flow(number, new Endpoint(OURS.address(), number == 77_777 ? 51820 : 1000), PEER));
                }
                all.add(datagram(entries));
            }
            all.add(datagram(done(request)));
            return all;
        });
        var flows = new ArrayList<Flow>();
        int turns = 0;
        try (var stream = table.stream(FlowFilter.fromPort(IpFamily.V4, 51820), flows::add)) {
            while (stream.advance(1).isEmpty()) {
                turns++;
            }
        }
        assertEquals(datagrams, turns);
        assertEquals(List.of(77_777), flows.stream().map(Flow::id).toList());
    }

    @Test
    void garbageInADumpIsTheTypedError() throws Exception {
        var table = answering(
                request -> List.of(datagram(reply(request, Ctnl.NEW, MessageHeader.MULTI, body -> body.fixed8(2)))));
        assertThrows(MalformedMessageException.class, () -> read(table, FlowFilter.all(IpFamily.V4)));
    }

    @Test
    void filterLetsNothingElseThrough() {
        var filter = FlowFilter.from(PEER);
        assertTrue(filter.matches(flow(1, PEER, OURS)));
        assertFalse(filter.matches(flow(1, OURS, PEER)));
        assertFalse(filter.matches(flow(1, Endpoint.parse("198.51.100.8:51821"), OURS)));
        assertFalse(filter.matches(flow(1, Endpoint.parse("198.51.100.9:51822"), OURS)));
        var tcp = new FlowTuple(6, PEER, OURS, 0);
        assertFalse(filter.matches(new Flow(1, tcp, new FlowTuple(6, OURS, PEER, 0), 0, new FlowStatus(8), 0, 30)));
    }
}
