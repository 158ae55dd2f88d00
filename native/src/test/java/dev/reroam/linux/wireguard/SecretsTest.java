package dev.reroam.linux.wireguard;

import static dev.reroam.linux.wireguard.FakeWireGuard.INDEX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.FakeKernel;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Private and preshared keys come with every reading and stay nowhere. */
class SecretsTest {

    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();
    private static final int MASK = 0x5a;

    /** The secret, each byte XOR {@link #MASK}: what lies in this test's own objects must not be found. */
    private final byte[] masked = new byte[32];

    private final WireGuardKey own;
    private final WireGuardKey other;
    private final FakeWireGuard fake = new FakeWireGuard(NATIVE);

    SecretsTest() {
        var random = new SecureRandom();
        random.nextBytes(masked);
        own = new WireGuardKey(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        other = new WireGuardKey(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private byte[] secret() {
        byte[] secret = masked.clone();
        for (int i = 0; i < secret.length; i++) {
            secret[i] ^= MASK;
        }
        return secret;
    }

    /** A device and a peer, both with secrets; the peer has so many allowed IPs. */
    private void tell(AttributeWriter body, int prefixes) {
        FakeWireGuard.device(body, secret(), Optional.of(own), 51820, 0);
        var peer = new WireGuardPeer(other, Optional.empty(), 25, 1, 2, 3, 4, List.of());
        var allowed = Collections.nCopies(prefixes, IpPrefix.parse("10.0.0.0/8"));
        FakeWireGuard.peers(body, entries -> FakeWireGuard.peer(entries, NATIVE, peer, secret(), allowed));
    }

    private Consumer<AttributeWriter> good() {
        return body -> tell(body, 1);
    }

    private void assertNothingIsLeftInTheBuffers() {
        assertTrue(fake.kernel().buffers().size() > 0);
        for (var buffer : fake.kernel().buffers()) {
            assertEquals(ByteBuffer.allocate(buffer.capacity()), buffer.clear());
        }
    }

    @Test
    void buffersAreEmptyAfterAReading() throws Exception {
        var wireGuard = fake.thenDump(List.of(good(), good())).open();
        wireGuard.read(INDEX);
        assertNothingIsLeftInTheBuffers();
    }

    @Test
    void soIsABufferThatWasTooSmall() throws Exception {
        var wireGuard = fake.thenDump(List.of(good(), body -> tell(body, 2000))).open();
        wireGuard.read(INDEX);
        assertEquals(2, fake.kernel().buffers().size());
        assertNothingIsLeftInTheBuffers();
    }

    @Test
    void buffersAreEmptyAfterAReadingThatFailed() throws Exception {
        var wireGuard = fake.thenDump(List.of(good(), body -> body.u16(Wg.DEVICE_FWMARK, 1), good()))
                .open();
        assertThrows(MalformedMessageException.class, () -> wireGuard.read(INDEX));
        assertNothingIsLeftInTheBuffers();
    }

    @Test
    void buffersAreEmptyAfterTheChangeThatFollowsAReadingThatFailed() throws Exception {
        var wireGuard = fake.thenDump(List.of(body -> body.u16(Wg.DEVICE_FWMARK, 1), good()))
                .then(request -> List.of(FakeKernel.datagram(FakeKernel.acknowledgement(request, Errno.NONE, "", -1))))
                .open();
        assertThrows(MalformedMessageException.class, () -> wireGuard.read(INDEX));
        wireGuard.refresh(INDEX, 0, List.of());
        assertNothingIsLeftInTheBuffers();
    }

    @Test
    void noObjectHoldsThemAndPublicKeysAreFound(@TempDir Path directory) throws Exception {
        var wireGuard = fake.thenDump(List.of(good())).open();
        var device = wireGuard.read(INDEX).orElseThrow();
        String text = device.toString();
        var dump = directory.resolve("heap.hprof");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(dump.toString(), true);
        byte[] secret = secret();
        // A public key is four longs in a row, which a heap dump writes in network order: this search does find keys.
        assertTrue(isIn(dump, device.publicKey().orElseThrow().bytes()));
        assertTrue(isIn(dump, own.base64().getBytes(StandardCharsets.ISO_8859_1)), text);
        assertTrue(isIn(dump, masked));
        for (byte[] form : List.of(
                secret,
                HexFormat.of().formatHex(secret).getBytes(StandardCharsets.ISO_8859_1),
                Base64.getEncoder().encode(secret))) {
            assertTrue(!isIn(dump, form));
        }
    }

    private static boolean isIn(Path file, byte[] wanted) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            int last = all.capacity() - wanted.length;
            for (int i = 0; i <= last; i++) {
                if (all.get(i) == wanted[0] && all.slice(i, wanted.length).equals(ByteBuffer.wrap(wanted))) {
                    return true;
                }
            }
            return false;
        }
    }
}
