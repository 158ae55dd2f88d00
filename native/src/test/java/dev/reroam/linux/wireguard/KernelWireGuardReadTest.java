package dev.reroam.linux.wireguard;

import static dev.reroam.linux.wireguard.FakeWireGuard.INDEX;
import static dev.reroam.linux.wireguard.FakeWireGuard.device;
import static dev.reroam.linux.wireguard.FakeWireGuard.peer;
import static dev.reroam.linux.wireguard.FakeWireGuard.peers;
import static dev.reroam.linux.wireguard.FakeWireGuard.rest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.NetlinkException;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelWireGuardReadTest {

    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();
    private static final byte[] SECRET = new byte[32];
    private static final WireGuardKey OWN = key(99);
    private static final WireGuardPeer V4 = new WireGuardPeer(
            key(1),
            Optional.of(Endpoint.parse("203.0.113.200:51820")),
            25,
            1_790_000_000L,
            999_999_999,
            0x0102030405060708L,
            1,
            prefixes("10.0.0.0/8", "2001:db8:1::/48"));
    private static final WireGuardPeer V6 = new WireGuardPeer(
            key(2),
            Optional.of(Endpoint.parse("[2001:db8::8000:1]:65535")),
            65535,
            0,
            0,
            0,
            0,
            prefixes("0.0.0.0/0", "::/0", "fd00::1/128"));
    private static final WireGuardPeer BARE = new WireGuardPeer(key(3), Optional.empty(), 0, 0, 0, 0, 0, List.of());

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    private static WireGuardKey key(int number) {
        return new WireGuardKey(number, 0, 0x8000000000000000L, number);
    }

    private static List<IpPrefix> prefixes(String... texts) {
        return Stream.of(texts).map(IpPrefix::parse).toList();
    }

    private static void header(AttributeWriter body) {
        device(body, SECRET, Optional.of(OWN), 51820, 0xca6c);
    }

    private static Consumer<AttributeWriter> message(ByteOrder order, WireGuardPeer... all) {
        return body -> {
            header(body);
            peers(body, entries -> {
                for (var one : all) {
                    peer(entries, order, one, SECRET, one.allowedIps());
                }
            });
        };
    }

    private static WireGuardDevice expected(WireGuardPeer... peers) {
        return new WireGuardDevice(INDEX, "wg0", Optional.of(OWN), 51820, 0xca6c, List.of(peers));
    }

    private static Optional<WireGuardDevice> read(ByteOrder order, List<Consumer<AttributeWriter>> messages)
            throws Exception {
        return new FakeWireGuard(order).thenDump(messages).open().read(INDEX);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void readsAllThatAKernelOfEitherByteOrderSays(ByteOrder order) throws Exception {
        assertEquals(Optional.of(expected(V4, V6, BARE)), read(order, List.of(message(order, V4, V6, BARE))));
    }

    @Test
    void asksForOneDeviceByItsNumber() throws Exception {
        var fake = new FakeWireGuard(ByteOrder.LITTLE_ENDIAN).thenDump(List.of(message(ByteOrder.LITTLE_ENDIAN)));
        fake.open().read(INDEX);
        assertEquals(
                "1c000000 1c00 0103 02000000 67120000  00 01 0000  0800 0100 07000000".replace(" ", ""),
                HexFormat.of().formatHex(fake.requests().getFirst().array()));
    }

    @Test
    void readsADeviceThatWasOnlyMade() throws Exception {
        assertEquals(
                Optional.of(new WireGuardDevice(INDEX, "wg0", Optional.empty(), 0, 0, List.of())),
                read(NATIVE, List.of(body -> device(body, SECRET, Optional.empty(), 0, 0))));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void joinsPeersAndAllowedIpsOverMessages(ByteOrder order) throws Exception {
        var all = IntStream.range(0, 3000)
                .mapToObj(i -> IpPrefix.parse("10.1." + (i >> 8) + "." + (i & 255) + "/32"))
                .toList();
        var big = new WireGuardPeer(key(7), V4.endpoint(), 1, 2, 3, 4, 5, all);
        var messages = List.<Consumer<AttributeWriter>>of(
                body -> {
                    header(body);
                    peers(body, entries -> {
                        peer(entries, order, V4, SECRET, V4.allowedIps());
                        peer(entries, order, big, SECRET, all.subList(0, 1200));
                    });
                },
                body -> peers(body, entries -> rest(entries, big.publicKey(), all.subList(1200, 2900))),
                body -> peers(body, entries -> {
                    rest(entries, big.publicKey(), all.subList(2900, 3000));
                    peer(entries, order, V6, SECRET, V6.allowedIps());
                }),
                // A message in which no peer fitted.
                body -> peers(body, entries -> {}),
                body -> peers(body, entries -> peer(entries, order, BARE, SECRET, List.of())));
        assertEquals(Optional.of(expected(V4, big, V6, BARE)), read(order, messages));
    }

    @Test
    void keepsWhatDidNotChange() throws Exception {
        var fake = new FakeWireGuard(NATIVE)
                .thenDump(List.of(message(NATIVE, V4, V6)))
                .thenDump(List.of(message(NATIVE, V4, V6)))
                .thenDump(List.of(message(NATIVE, V4, V6, BARE)));
        var wireGuard = fake.open();
        var first = wireGuard.read(INDEX).orElseThrow();
        assertSame(first, wireGuard.read(INDEX).orElseThrow());
        var third = wireGuard.read(INDEX).orElseThrow();
        assertNotSame(first, third);
        assertSame(first.peers().get(1), third.peers().get(1));
    }

    @Test
    void forgetsADeviceOnRequestAndWhenItIsGone() throws Exception {
        var fake = new FakeWireGuard(NATIVE)
                .thenDump(List.of(message(NATIVE, V4)))
                .thenDump(List.of(message(NATIVE, V4)))
                .thenRefuse(Errno.ENODEV)
                .thenDump(List.of(message(NATIVE, V4)));
        var wireGuard = fake.open();
        var first = wireGuard.read(INDEX).orElseThrow();
        wireGuard.forget(INDEX);
        var second = wireGuard.read(INDEX).orElseThrow();
        assertNotSame(first, second);
        assertEquals(Optional.empty(), wireGuard.read(INDEX));
        assertNotSame(second, wireGuard.read(INDEX).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(ints = {19, 95})
    void noSuchDeviceIsEmpty(int errno) throws Exception {
        var fake = new FakeWireGuard(NATIVE).thenRefuse(new Errno(errno));
        assertEquals(Optional.empty(), fake.open().read(INDEX));
    }

    @Test
    void otherRefusalsAreHandedOn() throws Exception {
        var wireGuard = new FakeWireGuard(NATIVE).thenRefuse(Errno.EPERM).open();
        var refusal = assertThrows(NetlinkException.class, () -> wireGuard.read(INDEX));
        assertEquals(Errno.EPERM, refusal.errno());
        assertEquals("read WireGuard device 7", refusal.operation());
    }

    @Test
    void interruptedReadingIsRepeated() throws Exception {
        var fake = new FakeWireGuard(NATIVE)
                .then(asked -> FakeWireGuard.dump(asked, MessageHeader.DUMP_INTERRUPTED, List.of(message(NATIVE, V4))))
                .thenDump(List.of(message(NATIVE, V4, V6, BARE)));
        assertEquals(Optional.of(expected(V4, V6, BARE)), fake.open().read(INDEX));
        assertEquals(2, fake.requests().size());
    }

    @Test
    void readingThatIsAlwaysInterruptedIsAnErrorAndNeverHalfAList() throws Exception {
        var fake = new FakeWireGuard(NATIVE)
                .then(asked -> FakeWireGuard.dump(asked, MessageHeader.DUMP_INTERRUPTED, List.of(message(NATIVE, V4))));
        var wireGuard = fake.open();
        var error = assertThrows(NetlinkException.class, () -> wireGuard.read(INDEX));
        assertEquals(Errno.EINTR, error.errno());
        assertEquals(KernelWireGuard.READ_ATTEMPTS, fake.requests().size());
    }

    @Test
    void kernelWithoutWireGuardIsEmptyAndItsSocketClosed() throws Exception {
        var fake = new FakeWireGuard(NATIVE);
        fake.family(0);
        assertEquals(Optional.empty(), KernelWireGuard.above(fake.kernel().socket(), NATIVE));
        assertTrue(fake.kernel().closed());
    }

    @Test
    void familyIsFoundAgainWhenItsModuleWasLoadedAnew() throws Exception {
        var fake = new FakeWireGuard(NATIVE).thenDump(List.of(message(NATIVE, V4)));
        var wireGuard = fake.open();
        fake.family(0x2a);
        assertEquals(Optional.of(expected(V4)), wireGuard.read(INDEX));
        fake.family(0);
        assertEquals(Optional.empty(), wireGuard.read(INDEX));
        fake.family(0x2b);
        assertEquals(Optional.of(expected(V4)), wireGuard.read(INDEX));
        assertFalse(fake.kernel().closed());
    }

    @Test
    void addressOfOneLinkAndOfAnUnknownFamilyIsNone() throws Exception {
        byte[] scoped = FakeWireGuard.socketAddress(NATIVE, Endpoint.parse("[fe80::1]:1"), 5);
        byte[] unknown = FakeWireGuard.socketAddress(NATIVE, Endpoint.parse("192.0.2.1:1"), 0);
        unknown[NATIVE == ByteOrder.LITTLE_ENDIAN ? 0 : 1] = 40;
        for (byte[] address : List.of(scoped, unknown)) {
            var read = read(NATIVE, List.of(onePeer(body -> body.bytes(Wg.PEER_ENDPOINT, address))));
            assertEquals(List.of(BARE), read.orElseThrow().peers());
        }
    }

    @Test
    void stepsOverWhatLaterKernelsAdd() throws Exception {
        var read = read(NATIVE, List.of(body -> {
            header(body);
            body.u32(77, 5);
            onePeerEntry(body, peer -> {
                peer.bytes(78, new byte[3]);
                int list = peer.nest(Wg.PEER_ALLOWEDIPS);
                int entry = peer.nest(0);
                peer.u16(Wg.ALLOWEDIP_FAMILY, 40)
                        .bytes(Wg.ALLOWEDIP_IPADDR, new byte[9])
                        .u32(79, 1)
                        .end(entry)
                        .end(list);
            });
        }));
        assertEquals(Optional.of(expected(BARE)), read);
    }

    private static Consumer<AttributeWriter> onePeer(Consumer<AttributeWriter> values) {
        return body -> {
            header(body);
            onePeerEntry(body, values);
        };
    }

    private static void onePeerEntry(AttributeWriter body, Consumer<AttributeWriter> values) {
        peers(body, entries -> {
            int entry = entries.nest(0);
            values.accept(entries);
            entries.bytes(Wg.PEER_PUBLIC_KEY, BARE.publicKey().bytes()).end(entry);
        });
    }

    private static Consumer<AttributeWriter> allowedIp(int family, int bytes, int mask) {
        return peer -> {
            int list = peer.nest(Wg.PEER_ALLOWEDIPS);
            int entry = peer.nest(0);
            peer.u16(Wg.ALLOWEDIP_FAMILY, family)
                    .bytes(Wg.ALLOWEDIP_IPADDR, new byte[bytes])
                    .u8(Wg.ALLOWEDIP_CIDR_MASK, mask)
                    .end(entry)
                    .end(list);
        };
    }

    private static byte[] timespec(long seconds, long nanos) {
        return java.nio.ByteBuffer.allocate(16)
                .order(NATIVE)
                .putLong(seconds)
                .putLong(nanos)
                .array();
    }

    static Stream<Arguments> contradictions() {
        return Stream.of(
                Arguments.of("WGPEER_A_ENDPOINT: 15 bytes, not 16", onePeer(body -> {
                    byte[] address = FakeWireGuard.socketAddress(NATIVE, Endpoint.parse("192.0.2.1:1"), 0);
                    body.bytes(Wg.PEER_ENDPOINT, java.util.Arrays.copyOf(address, 15));
                })),
                Arguments.of(
                        "WGPEER_A_ENDPOINT: 1 bytes, not the 2",
                        onePeer(body -> body.bytes(Wg.PEER_ENDPOINT, new byte[1]))),
                Arguments.of(
                        "WGPEER_A_LAST_HANDSHAKE_TIME: 8 bytes, not 16",
                        onePeer(body -> body.u64(Wg.PEER_LAST_HANDSHAKE_TIME, 5))),
                Arguments.of(
                        "WGPEER_A_LAST_HANDSHAKE_TIME: 5 s and 1000000000 ns",
                        onePeer(body -> body.bytes(Wg.PEER_LAST_HANDSHAKE_TIME, timespec(5, 1_000_000_000)))),
                Arguments.of(
                        "WGPEER_A_LAST_HANDSHAKE_TIME: -5 s and 0 ns",
                        onePeer(body -> body.bytes(Wg.PEER_LAST_HANDSHAKE_TIME, timespec(-5, 0)))),
                Arguments.of("entry[0]: address of 4 bytes with prefix length 33 in V4", onePeer(allowedIp(2, 4, 33))),
                Arguments.of(
                        "entry[0]: address of 16 bytes with prefix length 32 in V4", onePeer(allowedIp(2, 16, 32))),
                Arguments.of(
                        "entry[0]: address of 16 bytes with prefix length 129 in V6", onePeer(allowedIp(10, 16, 129))),
                Arguments.of(
                        "WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL: 4 bytes, not 2",
                        onePeer(body -> body.u32(Wg.PEER_PERSISTENT_KEEPALIVE_INTERVAL, 5))),
                Arguments.of("WGDEVICE_A_IFINDEX: 8, not 7", body(body -> body.u32(Wg.DEVICE_IFINDEX, 8))),
                Arguments.of(
                        "WGDEVICE_A_PUBLIC_KEY: 31 bytes, not 32",
                        body(body -> body.bytes(Wg.DEVICE_PUBLIC_KEY, new byte[31]))),
                Arguments.of("a dump without WGDEVICE_A_IFNAME", body(body -> body.u32(Wg.DEVICE_IFINDEX, 7))),
                Arguments.of(
                        "entry[0]: a peer without WGPEER_A_PUBLIC_KEY",
                        body(body -> peers(body, entries -> {
                            int entry = entries.nest(0);
                            entries.u16(Wg.PEER_PERSISTENT_KEEPALIVE_INTERVAL, 5)
                                    .end(entry);
                        }))));
    }

    private static Consumer<AttributeWriter> body(Consumer<AttributeWriter> written) {
        return written;
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void contradictionIsAnErrorThatNamesItsPlace(String what, Consumer<AttributeWriter> message) throws Exception {
        var fake = new FakeWireGuard(NATIVE).thenDump(List.of(message)).thenDump(List.of(message(NATIVE, V4)));
        var wireGuard = fake.open();
        var error = assertThrows(MalformedMessageException.class, () -> wireGuard.read(INDEX));
        assertTrue(error.getMessage().startsWith("WireGuard device: " + what), error.getMessage());
        assertEquals(Optional.of(expected(V4)), wireGuard.read(INDEX), "the next reading is as if nothing had been");
    }

    @Test
    void morePeersThanCanBeHeldIsAnError() throws Exception {
        var messages = new java.util.ArrayList<Consumer<AttributeWriter>>();
        messages.add(KernelWireGuardReadTest::header);
        for (int from = 0; from <= DeviceAssembly.MAX_PEERS; from += 500) {
            int first = from;
            messages.add(body -> peers(body, entries -> {
                for (int i = first; i < first + 500; i++) {
                    rest(entries, key(i), List.of());
                }
            }));
        }
        var error = assertThrows(MalformedMessageException.class, () -> read(NATIVE, messages));
        assertTrue(error.getMessage().endsWith("more than 20000 peers"), error.getMessage());
    }

    @Test
    void moreAllowedIpsThanCanBeHeldIsAnError() throws Exception {
        var prefixes = java.util.Collections.nCopies(1000, IpPrefix.parse("10.0.0.0/8"));
        var messages = java.util.Collections.nCopies(
                DeviceDecoder.MAX_ALLOWED_IPS / 1000 + 1,
                body(body -> peers(body, entries -> rest(entries, key(1), prefixes))));
        var error = assertThrows(MalformedMessageException.class, () -> read(NATIVE, messages));
        assertTrue(error.getMessage().endsWith("more than 100000 allowed IPs"), error.getMessage());
    }
}
