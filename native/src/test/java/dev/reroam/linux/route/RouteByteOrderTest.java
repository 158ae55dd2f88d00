package dev.reroam.linux.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.netlink.AttributeWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each message, written as a kernel of either byte order would, says the same. */
class RouteByteOrderTest {

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    private static Optional<? extends RouteObject> decode(int type, ByteOrder order, Consumer<AttributeWriter> body)
            throws Exception {
        return Rtm.decode(type, payload(order, body));
    }

    private static ByteBuffer payload(ByteOrder order, Consumer<AttributeWriter> body) {
        var buffer = ByteBuffer.allocate(1024).order(order);
        body.accept(new AttributeWriter(buffer));
        return buffer.flip();
    }

    @ParameterizedTest
    @MethodSource("orders")
    void link(ByteOrder order) throws Exception {
        var link = decode(Rtm.NEWLINK, order, body -> {
            body.fixed16(0).fixed16(1).fixed32(0x0102).fixed32(0x10043).fixed32(-1);
            body.string(3, "eth0").u32(4, 1492).u32(10, 9).u32(5, 8).u8(16, 6);
            int info = body.nest(18);
            body.string(1, "vlan").end(info);
            var stats = ByteBuffer.allocate(200).order(order);
            stats.putLong(1).putLong(2).putLong(0x0102030405060708L).putLong(4).rewind();
            body.bytes(23, stats);
        });
        assertEquals(
                Optional.of(new Link(
                        0x0102,
                        "eth0",
                        0x10043,
                        OperState.UP,
                        1,
                        "vlan",
                        1492,
                        OptionalInt.of(9),
                        OptionalInt.of(8),
                        Optional.of(new LinkTraffic(1, 2, 0x0102030405060708L, 4)))),
                link);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void address(ByteOrder order) throws Exception {
        var local = IpAddress.parse("10.0.0.1");
        var peer = IpAddress.parse("10.0.0.2");
        var address = decode(
                Rtm.NEWADDR,
                order,
                body -> body.fixed8(2)
                        .fixed8(32)
                        .fixed8(0)
                        .fixed8(253)
                        .fixed32(7)
                        .address(1, peer)
                        .address(2, local)
                        .u32(8, 0x180));
        assertEquals(Optional.of(new Address(7, local, 32, Optional.of(peer), 253, 0x180)), address);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void route(ByteOrder order) throws Exception {
        var gateway = IpAddress.parse("fe80::1");
        var route = decode(Rtm.NEWROUTE, order, body -> {
            body.fixed8(10)
                    .fixed8(32)
                    .fixed8(48)
                    .fixed8(0)
                    .fixed8(252)
                    .fixed8(16)
                    .fixed8(0)
                    .fixed8(1)
                    .fixed32(0x4000);
            body.address(1, IpAddress.parse("2001:db8::")).address(2, IpAddress.parse("2001:db9::"));
            body.u32(15, 0x01020304).u32(6, -2).u32(30, 99);
            int metrics = body.nest(8);
            body.u32(2, 1300).end(metrics);
            int multipath = body.nest(9);
            body.fixed16(28).fixed8(16).fixed8(2).fixed32(5).address(5, gateway);
            body.fixed16(30).fixed8(0).fixed8(0).fixed32(6);
            var via = ByteBuffer.allocate(18).order(order).putShort((short) 10).put(gateway.bytes());
            body.bytes(18, via.flip());
            body.end(multipath);
        });
        assertEquals(
                Optional.of(new Route(
                        IpPrefix.parse("2001:db8::/32"),
                        0x01020304,
                        RouteType.UNICAST,
                        Optional.of(IpPrefix.parse("2001:db9::/48")),
                        0,
                        0,
                        RouteProtocol.DHCP,
                        0xfffffffeL,
                        Optional.empty(),
                        List.of(new Hop(5, Optional.of(gateway), 3, 16), new Hop(6, Optional.of(gateway), 1, 0)),
                        OptionalInt.of(99),
                        1300,
                        0x4000)),
                route);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void rule(ByteOrder order) throws Exception {
        var rule = decode(Rtm.NEWRULE, order, body -> {
            body.fixed8(2)
                    .fixed8(24)
                    .fixed8(0)
                    .fixed8(16)
                    .fixed8(252)
                    .fixed8(0)
                    .fixed8(0)
                    .fixed8(1)
                    .fixed32(2);
            body.address(1, IpAddress.parse("192.0.2.0")).string(3, "lo").string(17, "wan");
            body.u32(6, 700)
                    .u32(10, 0x0a)
                    .u32(16, 0xff)
                    .u32(15, 0x01020304)
                    .u32(14, 0)
                    .u32(13, -1);
            body.u8(21, 77).u8(22, 17).u8(19, 1);
            body.bytes(20, range(order, 8, 1000, -2)).bytes(23, range(order, 4, 1, 2));
            body.bytes(24, range(order, 4, 51820, 51821));
        });
        assertEquals(
                Optional.of(new Rule(
                        IpFamily.V4,
                        700,
                        RuleAction.LOOKUP,
                        0x01020304,
                        true,
                        Optional.empty(),
                        Optional.of(IpPrefix.parse("192.0.2.0/24")),
                        Optional.of(new Rule.MarkCondition(0x0a, 0xff)),
                        Optional.of("lo"),
                        Optional.of("wan"),
                        16,
                        OptionalInt.of(17),
                        Optional.of(new Rule.Range(1, 2)),
                        Optional.of(new Rule.Range(51820, 51821)),
                        Optional.of(new Rule.Range(1000, 0xfffffffeL)),
                        OptionalLong.empty(),
                        OptionalInt.of(0),
                        OptionalInt.empty(),
                        true,
                        new RouteProtocol(77))),
                rule);
    }

    private static ByteBuffer range(ByteOrder order, int length, int first, int last) {
        var range = ByteBuffer.allocate(length).order(order);
        if (length == 4) {
            range.putShort((short) first).putShort((short) last);
        } else {
            range.putInt(first).putInt(last);
        }
        return range.flip();
    }

    @ParameterizedTest
    @MethodSource("orders")
    void neighbour(ByteOrder order) throws Exception {
        var address = IpAddress.parse("fe80::1");
        var neighbour = decode(
                Rtm.NEWNEIGH,
                order,
                body -> body.fixed8(10)
                        .fixed8(0)
                        .fixed16(0)
                        .fixed32(3)
                        .fixed16(0x20)
                        .fixed8(0x80)
                        .fixed8(1)
                        .address(1, address)
                        .bytes(2, new byte[] {2, 0, 0, 0, 0, (byte) 0xfe}));
        var expected = new Neighbour(3, address, "02:00:00:00:00:fe", 0x20, 0x80);
        assertEquals(Optional.of(expected), neighbour);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void nextHop(ByteOrder order) throws Exception {
        var group = ByteBuffer.allocate(16).order(order);
        group.putInt(0x0102).put((byte) 2).put((byte) 1).putShort((short) 0);
        group.putInt(7).put((byte) 0).put((byte) 0).putShort((short) 0).flip();
        var hop = decode(
                Rtm.NEWNEXTHOP,
                order,
                body -> body.fixed8(0)
                        .fixed8(0)
                        .fixed8(4)
                        .fixed8(0)
                        .fixed32(1)
                        .u32(1, 0x01020304)
                        .bytes(2, group)
                        .u16(3, 0));
        assertEquals(
                Optional.of(new NextHop(
                        0x01020304,
                        OptionalInt.empty(),
                        Optional.empty(),
                        List.of(new NextHop.Member(0x0102, 0x0103), new NextHop.Member(7, 1)),
                        false,
                        RouteProtocol.STATIC,
                        1)),
                hop);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void path(ByteOrder order) throws Exception {
        var answer = PathLookup.decode(payload(order, body -> {
            body.fixed8(2)
                    .fixed8(32)
                    .fixed8(0)
                    .fixed8(0)
                    .fixed8(252)
                    .fixed8(0)
                    .fixed8(0)
                    .fixed8(1)
                    .fixed32(0x200);
            body.u32(15, 0x01020304).u32(4, 0x0506).address(7, IpAddress.parse("192.0.2.2"));
            var via = ByteBuffer.allocate(18).order(order).putShort((short) 10);
            body.bytes(18, via.put(IpAddress.parse("fe80::1").bytes()).flip());
            int metrics = body.nest(8);
            body.u32(2, 1280).end(metrics);
        }));
        assertEquals(
                new RouteAnswer.Reachable(
                        0x0506,
                        Optional.of(IpAddress.parse("fe80::1")),
                        Optional.of(IpAddress.parse("192.0.2.2")),
                        0x01020304,
                        RouteType.UNICAST,
                        1280),
                answer);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void familiesThatAreNoneOfOursAreNothing(ByteOrder order) throws Exception {
        // linux/socket.h AF_BRIDGE, AF_MPLS
        for (int family : new int[] {7, 28, 128}) {
            for (int type : new int[] {Rtm.NEWLINK, Rtm.NEWADDR, Rtm.NEWROUTE, Rtm.NEWNEIGH, Rtm.NEWRULE}) {
                assertEquals(
                        Optional.empty(),
                        decode(type, order, body -> body.fixed8(family).fixed(new byte[15])));
            }
        }
        assertEquals(Optional.empty(), decode(4000, order, body -> {}));
    }

    /** Wireless drivers announce their own events as a link without a name. */
    @ParameterizedTest
    @MethodSource("orders")
    void aWirelessEventIsNoLink(ByteOrder order) throws Exception {
        assertEquals(
                Optional.empty(),
                decode(
                        Rtm.NEWLINK,
                        order,
                        body -> body.fixed32(0)
                                .fixed32(3)
                                .fixed32(0x1043)
                                .fixed32(0)
                                .bytes(11, new byte[24])));
    }
}
