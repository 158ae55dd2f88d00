package dev.reroam.linux.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.AttributeNames;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.FakeKernel;
import dev.reroam.linux.netlink.GenericFamily;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.NetlinkException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelWireGuardChangeTest {

    private static final int MARK = 0x01020304;
    private static final String KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static final String OTHER = "f0".repeat(32);

    /** What a request says: the mark, if it does, and the entries of its list of peers. */
    private record Change(Optional<Integer> mark, List<Entry> entries, int listLength) {}

    private record Entry(WireGuardKey key, int flags, int keepalive) {}

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    private static WireGuardNudge nudge(WireGuardKey key, int keepalive) {
        return new WireGuardNudge(key, Optional.empty(), keepalive);
    }

    private static WireGuardKey key(int number) {
        return new WireGuardKey(number, 0, 0, number);
    }

    private static String hex(ByteBuffer request) {
        return HexFormat.of().formatHex(request.array());
    }

    private static String bytes(String hex) {
        return hex.replaceAll("\\s", "");
    }

    @Test
    void refreshIsThisStreamOnALittleEndianMachine() throws Exception {
        var fake = new FakeWireGuard(ByteOrder.LITTLE_ENDIAN);
        fake.open()
                .refresh(
                        7,
                        MARK,
                        List.of(nudge(WireGuardKey.parseHex(KEY), 0), nudge(WireGuardKey.parseHex(OTHER), 26)));
        assertEquals(
                bytes("40010000 1c00 0500 02000000 67120000  01 01 0000"
                        + "0800 0100 07000000  0800 0700 04030201  1c01 0880"
                        + entryLittle(KEY, "0000") + entryLittle(KEY, "1900") + entryLittle(KEY, "0000")
                        + entryLittle(OTHER, "0000") + entryLittle(OTHER, "1a00")),
                hex(fake.requests().getFirst()));
        assertEquals(1, fake.requests().size());
    }

    @Test
    void refreshIsThisStreamOnABigEndianMachine() throws Exception {
        var fake = new FakeWireGuard(ByteOrder.BIG_ENDIAN);
        fake.open()
                .refresh(
                        7,
                        MARK,
                        List.of(nudge(WireGuardKey.parseHex(KEY), 0), nudge(WireGuardKey.parseHex(OTHER), 26)));
        assertEquals(
                bytes("00000140 001c 0005 00000002 00001267  01 01 0000"
                        + "0008 0001 00000007  0008 0007 01020304  011c 8008"
                        + entryBig(KEY, "0000") + entryBig(KEY, "0019") + entryBig(KEY, "0000")
                        + entryBig(OTHER, "0000") + entryBig(OTHER, "001a")),
                hex(fake.requests().getFirst()));
    }

    private static String entryLittle(String key, String keepalive) {
        return "3800 0080  2400 0100" + key + "0800 0300 04000000  0600 0500" + keepalive + "0000";
    }

    private static String entryBig(String key, String keepalive) {
        return "0038 8000  0024 0001" + key + "0008 0003 00000004  0006 0005" + keepalive + "0000";
    }

    @ParameterizedTest
    @MethodSource("orders")
    void portIsSetAlone(ByteOrder order) throws Exception {
        var fake = new FakeWireGuard(order);
        fake.open().setPort(7, 0xca6c);
        assertEquals(
                bytes(
                        order == ByteOrder.LITTLE_ENDIAN
                                ? "24000000 1c00 0500 02000000 67120000  01 01 0000"
                                        + "0800 0100 07000000  0600 0600 6cca 0000"
                                : "00000024 001c 0005 00000002 00001267  01 01 0000"
                                        + "0008 0001 00000007  0006 0006 ca6c 0000"),
                hex(fake.requests().getFirst()));
    }

    /** The socket address is in the order of this machine, as the kernel's is. */
    @Test
    void endpointIsSetAlone() throws Exception {
        var fake = new FakeWireGuard(ByteOrder.nativeOrder());
        var wireGuard = fake.open();
        wireGuard.setEndpoint(7, WireGuardKey.parseHex(KEY), Endpoint.parse("192.0.2.9:51820"));
        wireGuard.setEndpoint(7, WireGuardKey.parseHex(KEY), Endpoint.parse("[2001:db8::9]:51820"));
        assertTrue(hex(fake.requests().get(0)).endsWith("ca6cc0000209" + "00".repeat(8)));
        assertTrue(hex(fake.requests().get(1))
                .endsWith("ca6c00000000" + "20010db8" + "00".repeat(11) + "09" + "00000000"));
        for (var request : fake.requests()) {
            var body = AttributeReader.after(
                    GenericFamily.HEADER, request.position(MessageHeader.LENGTH), "change", AttributeNames.of("D"));
            assertTrue(body.next() && body.next());
            assertEquals(8, body.type());
            var list = body.nested(AttributeNames.of("L"));
            assertTrue(list.next());
            var peer = list.nested(AttributeNames.of("P"));
            assertTrue(peer.next());
            assertEquals(WireGuardKey.parseHex(KEY), WireGuardKey.of(peer.bytes()));
            assertTrue(peer.next());
            assertEquals(4, peer.u32(), "update only");
            assertTrue(peer.next());
            assertEquals(4, peer.type());
            assertFalse(peer.next() || list.next() || body.next());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536})
    void refusesWhatIsNoPort(int port) throws Exception {
        var wireGuard = new FakeWireGuard(ByteOrder.nativeOrder()).open();
        assertThrows(IllegalArgumentException.class, () -> wireGuard.setPort(7, port));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "389, 1", "390, 1", "391, 2", "780, 2", "781, 3", "1000, 3"})
    void longListsTakeSeveralMessages(int peers, int messages) throws Exception {
        var fake = new FakeWireGuard(ByteOrder.nativeOrder());
        var nudges = IntStream.range(0, peers).mapToObj(i -> nudge(key(i), 0)).toList();
        fake.open().refresh(7, MARK, nudges);
        var changes = changes(fake);
        assertEquals(messages, changes.size());
        assertSaysInOrder(nudges, changes);
    }

    @ParameterizedTest
    @CsvSource({"585, 1", "586, 2"})
    void peersWithAKeepaliveTakeLessRoom(int peers, int messages) throws Exception {
        var fake = new FakeWireGuard(ByteOrder.nativeOrder());
        var nudges = IntStream.range(0, peers).mapToObj(i -> nudge(key(i), 25)).toList();
        fake.open().refresh(7, MARK, nudges);
        var changes = changes(fake);
        assertEquals(messages, changes.size());
        assertSaysInOrder(nudges, changes);
    }

    @Test
    void mixedListsKeepTheirOrderWhereverTheyAreSplit() throws Exception {
        var random = new Random(1);
        var fake = new FakeWireGuard(ByteOrder.nativeOrder());
        var nudges = IntStream.range(0, 2000)
                .mapToObj(i -> nudge(key(i), random.nextBoolean() ? 0 : random.nextInt(1, 0x10000)))
                .toList();
        fake.open().refresh(7, MARK, nudges);
        var changes = changes(fake);
        assertEquals(5, changes.size());
        assertSaysInOrder(nudges, changes);
    }

    private static void assertSaysInOrder(List<WireGuardNudge> nudges, List<Change> changes) {
        var expected = nudges.stream()
                .flatMap(nudge -> (nudge.keepaliveSeconds() == 0
                                ? Stream.of(0, 25, 0)
                                : Stream.of(0, nudge.keepaliveSeconds()))
                        .map(keepalive -> new Entry(nudge.publicKey(), 4, keepalive)))
                .toList();
        assertEquals(
                expected,
                changes.stream().flatMap(change -> change.entries().stream()).toList());
        assertEquals(Optional.of(MARK), changes.getFirst().mark());
        for (int i = 0; i < changes.size(); i++) {
            var change = changes.get(i);
            assertTrue(change.listLength() <= 0xffff);
            if (i > 0) {
                assertEquals(Optional.empty(), change.mark(), "the sources are cleared once, before the first packet");
                assertNotEquals(
                        changes.get(i - 1).entries().getLast().key(),
                        change.entries().getFirst().key());
            }
            // The list before this one had no room for one more peer.
            assertTrue(i == changes.size() - 1 || change.listLength() > 0xffff - 3 * 56);
        }
    }

    @Test
    void refusalOfALaterMessageLeavesTheEarlierOnesDone() throws Exception {
        var fake = new FakeWireGuard(ByteOrder.nativeOrder())
                .then(request -> List.of(FakeKernel.datagram(FakeKernel.acknowledgement(request, Errno.NONE, "", -1))))
                .thenRefuse(Errno.ENODEV);
        var wireGuard = fake.open();
        var nudges = IntStream.range(0, 1000).mapToObj(i -> nudge(key(i), 0)).toList();
        var refusal = assertThrows(NetlinkException.class, () -> wireGuard.refresh(7, MARK, nudges));
        assertEquals(Errno.ENODEV, refusal.errno());
        assertEquals("refresh peers of WireGuard device 7", refusal.operation());
        assertEquals(2, fake.requests().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 19, 95})
    void refusalsAreHandedOn(int errno) throws Exception {
        var fake = new FakeWireGuard(ByteOrder.nativeOrder()).thenRefuse(new Errno(errno));
        var wireGuard = fake.open();
        for (var change : List.<org.junit.jupiter.api.function.Executable>of(
                () -> wireGuard.refresh(7, 0, List.of()),
                () -> wireGuard.setPort(7, 0),
                () -> wireGuard.setEndpoint(7, key(1), Endpoint.parse("192.0.2.9:51820")),
                () -> wireGuard.rehearse(7, new Random(1)))) {
            assertEquals(
                    new Errno(errno),
                    assertThrows(NetlinkException.class, change).errno());
        }
    }

    @Test
    void rehearsalNamesAnUnknownPeerAndNoMark() throws Exception {
        var fake = new FakeWireGuard(ByteOrder.nativeOrder());
        var wireGuard = fake.open();
        var random = new Random(1);
        wireGuard.rehearse(7, random);
        wireGuard.rehearse(7, random);
        var changes = changes(fake);
        var first = changes.getFirst();
        var unknown = first.entries().getFirst().key();
        assertEquals(Optional.empty(), first.mark());
        assertEquals(
                List.of(new Entry(unknown, 4, 0), new Entry(unknown, 4, 25), new Entry(unknown, 4, 0)),
                first.entries());
        assertNotEquals(unknown, changes.get(1).entries().getFirst().key());
    }

    private static List<Change> changes(FakeWireGuard fake) throws Exception {
        var changes = new ArrayList<Change>();
        for (var request : fake.requests()) {
            assertEquals(request.capacity(), request.getInt(0));
            assertEquals(FakeWireGuard.FAMILY, request.getShort(4));
            assertEquals(MessageHeader.REQUEST | MessageHeader.ACK, request.getShort(6));
            changes.add(change(request.position(MessageHeader.LENGTH)));
        }
        return changes;
    }

    private static Change change(ByteBuffer payload) throws Exception {
        var body = AttributeReader.after(GenericFamily.HEADER, payload, "change", AttributeNames.of("D"));
        Optional<Integer> mark = Optional.empty();
        var entries = new ArrayList<Entry>();
        int listLength = 0;
        assertTrue(body.next());
        assertEquals(1, body.type());
        assertEquals(7, body.u32());
        while (body.next()) {
            switch (body.type()) {
                case 7 -> {
                    assertTrue(entries.isEmpty(), "the mark comes first");
                    mark = Optional.of(body.u32());
                }
                case 8 -> {
                    listLength = body.length() + 4;
                    var list = body.nested(AttributeNames.of("L"));
                    while (list.next()) {
                        entries.add(entry(list.nested(AttributeNames.of("P"))));
                    }
                }
                default -> throw new AssertionError("attribute " + body.type());
            }
        }
        body.check();
        return new Change(mark, entries, listLength);
    }

    private static Entry entry(AttributeReader peer) {
        assertTrue(peer.next());
        assertEquals(1, peer.type());
        var key = WireGuardKey.of(peer.bytes());
        assertTrue(peer.next());
        assertEquals(3, peer.type());
        int flags = peer.u32();
        assertTrue(peer.next());
        assertEquals(5, peer.type());
        int keepalive = peer.u16();
        assertFalse(peer.next());
        return new Entry(key, flags, keepalive);
    }
}
