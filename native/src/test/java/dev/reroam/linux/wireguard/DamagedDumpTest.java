package dev.reroam.linux.wireguard;

import static dev.reroam.linux.wireguard.FakeWireGuard.INDEX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.netlink.FakeKernel;
import dev.reroam.linux.netlink.FakeKernel.Datagram;
import dev.reroam.linux.netlink.FakeKernel.Delivery;
import dev.reroam.linux.netlink.Fuzz;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.NetlinkException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dumps that no kernel sends: each is a device or a typed error, and the next reading is right. */
class DamagedDumpTest {

    private static final int ROUNDS = 10_000;
    // The request's own header and the family's.
    private static final int FIXED = MessageHeader.LENGTH + 4;
    private static final byte[] SECRET = new byte[32];

    static {
        for (int i = 0; i < SECRET.length; i++) {
            SECRET[i] = (byte) (0xa0 + i);
        }
    }

    private static final WireGuardDevice DEVICE = new WireGuardDevice(
            INDEX,
            "wg0",
            Optional.of(new WireGuardKey(1, 2, 3, 4)),
            51820,
            5,
            List.of(
                    peer(1, "192.0.2.1:51820", "10.0.0.0/24", "2001:db8:1::/48"),
                    peer(2, "[2001:db8::1]:51820", "10.0.1.0/24")));

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    private static WireGuardPeer peer(int number, String endpoint, String... prefixes) {
        return new WireGuardPeer(
                new WireGuardKey(number, 0, 0, 0),
                Optional.of(Endpoint.parse(endpoint)),
                25,
                1_790_000_000,
                5,
                6,
                7,
                Stream.of(prefixes).map(IpPrefix::parse).toList());
    }

    /** The only message of a dump of the device. */
    private static byte[] message(ByteOrder order, ByteBuffer request) {
        return FakeKernel.reply(request, FakeWireGuard.FAMILY, MessageHeader.MULTI, body -> {
            body.fixed8(0).fixed8(1).fixed16(0);
            FakeWireGuard.device(body, SECRET, DEVICE.publicKey(), DEVICE.listenPort(), DEVICE.mark());
            FakeWireGuard.peers(
                    body,
                    entries -> DEVICE.peers()
                            .forEach(peer -> FakeWireGuard.peer(entries, order, peer, SECRET, peer.allowedIps())));
        });
    }

    private static byte[] withLength(ByteOrder order, byte[] message) {
        ByteBuffer.wrap(message).order(order).putInt(0, message.length);
        return message;
    }

    private static List<Delivery> whole(ByteOrder order, ByteBuffer request) {
        return List.of(FakeKernel.datagram(message(order, request), FakeKernel.done(request)));
    }

    /** Reads once what is damaged and once what is not. */
    private static Optional<WireGuardDevice> readBoth(KernelWireGuard wireGuard) throws Exception {
        Optional<WireGuardDevice> damaged = Optional.empty();
        try {
            damaged = wireGuard.read(INDEX);
        } catch (MalformedMessageException | NetlinkException e) {
            assertSaysNoSecret(e.getMessage());
        }
        damaged.ifPresent(device -> assertSaysNoSecret(device.toString()));
        var read = wireGuard.read(INDEX).orElseThrow();
        // The order of the peers is the one in which they were first seen, be it in the damaged dump.
        assertEquals(DEVICE.peers().size(), read.peers().size());
        assertTrue(read.peers().containsAll(DEVICE.peers()));
        assertEquals(DEVICE.publicKey(), read.publicKey());
        return damaged;
    }

    private static void assertSaysNoSecret(String text) {
        for (int i = 0; i + 4 <= SECRET.length; i++) {
            assertFalse(text.contains(HexFormat.of().formatHex(SECRET, i, i + 4)), text);
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void messageThatEndsAnywhereIsADeviceOrAnError(ByteOrder order) throws Exception {
        int length = message(order, ByteBuffer.allocate(16).order(order)).length;
        for (int cut = MessageHeader.LENGTH; cut < length; cut++) {
            int end = cut;
            var fake = new FakeWireGuard(order)
                    .then(request -> List.of(FakeKernel.datagram(
                            withLength(order, Arrays.copyOf(message(order, request), end)), FakeKernel.done(request))))
                    .then(request -> whole(order, request));
            var damaged = readBoth(fake.open());
            // Whole attributes of the device itself may be cut off cleanly; the list of peers comes last and cannot be.
            assertTrue(damaged.isEmpty() || damaged.get().peers().isEmpty(), "cut at " + cut);
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void datagramThatEndsAnywhereIsAnError(ByteOrder order) throws Exception {
        int length = message(order, ByteBuffer.allocate(16).order(order)).length;
        for (int cut = 0; cut < length; cut++) {
            int end = cut;
            var fake = new FakeWireGuard(order)
                    .then(request -> List.of(new Datagram(Arrays.copyOf(message(order, request), end), 0)))
                    .then(request -> whole(order, request));
            assertEquals(Optional.empty(), readBoth(fake.open()), "cut at " + cut);
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void noiseIsADeviceOrAnError(ByteOrder order) throws Exception {
        var random = Fuzz.random();
        int[] round = {0};
        var fake = new FakeWireGuard(order)
                .then(request -> round[0]++ % 2 == 0 ? damaged(random, order, request) : whole(order, request));
        var wireGuard = fake.open();
        int devices = 0;
        for (int i = 0; i < ROUNDS / 2; i++) {
            devices += readBoth(wireGuard).isPresent() ? 1 : 0;
            fake.kernel().requests().clear();
        }
        // The damage is neither always fatal nor never.
        assertTrue(devices > ROUNDS / 100 && devices < ROUNDS / 2 - ROUNDS / 100, devices + " devices");
    }

    /** One to three messages with damage behind their headers: those are the business of the package below. */
    private static List<Delivery> damaged(Random random, ByteOrder order, ByteBuffer request) {
        byte[] good = message(order, request);
        var messages = IntStream.range(0, random.nextInt(1, 4)).mapToObj(i -> {
            byte[] tail = Fuzz.damaged(random, Arrays.copyOfRange(good, FIXED, good.length));
            byte[] bytes = Arrays.copyOf(good, FIXED + tail.length);
            System.arraycopy(tail, 0, bytes, FIXED, tail.length);
            return withLength(order, bytes);
        });
        return Stream.concat(messages, Stream.of(FakeKernel.done(request)))
                .map(FakeKernel::datagram)
                .toList();
    }
}
