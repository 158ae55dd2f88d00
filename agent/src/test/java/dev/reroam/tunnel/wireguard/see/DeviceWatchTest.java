package dev.reroam.tunnel.wireguard.see;

import static dev.reroam.tunnel.wireguard.see.WatchedBox.KEY_BASE64;
import static dev.reroam.tunnel.wireguard.see.WatchedBox.kernelDevice;
import static dev.reroam.tunnel.wireguard.see.WatchedBox.link;
import static dev.reroam.tunnel.wireguard.see.WatchedBox.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.DeviceGone;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.tunnel.wireguard.FakeDaemon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Which devices are found, and when they are gone. */
@ParameterizedClass(name = "poll: {0}")
@ValueSource(booleans = {false, true})
class DeviceWatchTest {

    @TempDir
    Path folder;

    private final boolean poll;
    private WatchedBox box;

    DeviceWatchTest(boolean poll) {
        this.poll = poll;
    }

    @BeforeEach
    void start() throws Exception {
        box = new WatchedBox(poll, folder);
    }

    @AfterEach
    void stop() throws Exception {
        box.close();
    }

    @Test
    void passesOverAnInterfaceWhoseNameNoPathCanHave() throws Exception {
        // As a letter beyond ASCII is for a service whose locale is plain ASCII.
        try (var daemon = box.daemon("wg0").will(told(10))) {
            box.links(link(4, "wg\0", "tun"), link(5, "wg0", "tun"));
            assertEquals("wg0", box.next(DeviceSeen.class).device().name());
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void tellsOfADeviceThatIsThere() throws Exception {
        try (var daemon = box.daemon("wg0").will(told(10))) {
            box.links(link(5, "wg0", "tun"));
            var device = box.next(DeviceSeen.class);
            assertEquals("wg0", device.device().name());
            assertEquals(5, device.device().interfaceIndex());
            assertEquals(DeviceKind.USERSPACE, device.device().kind());
            assertEquals(51820, device.device().listenPort());
            assertEquals(7, device.device().mark());
            assertEquals(PortUse.FIXED, device.device().portUse());
            assertEquals(
                    List.of(new PeerFacts(
                            KEY_BASE64,
                            Optional.empty(),
                            25,
                            PeerFacts.NEVER,
                            10,
                            0,
                            Optional.of(IpAddress.parse("10.0.0.2")),
                            Optional.empty(),
                            Set.of())),
                    device.changedPeers());
            assertEquals(1, daemon.connections);
        }
    }

    @Test
    void tellsOfAKernelDevice() throws Exception {
        box.kernel.devices.put(8, kernelDevice(8, 51820));
        box.links(link(8, "wgk", "wireguard"));
        var device = box.next(DeviceSeen.class).device();
        assertEquals(DeviceKind.KERNEL, device.kind());
        assertEquals(51820, device.listenPort());
        assertEquals(KEY_BASE64, device.publicKey());
        box.links();
        assertEquals(new DeviceGone("wgk", "the interface is gone"), box.next(DeviceGone.class));
        assertEquals(List.of("forget 8"), box.kernel.log);
    }

    @Test
    void findsASocketThatComesLaterWithItsFolder() throws Exception {
        box.links(link(5, "wg0", "tun"));
        try (var daemon = box.daemon("wg0").will(told(1))) {
            box.next(DeviceSeen.class);
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void asksAgainWhenTheDaemonIsSlowToListen() throws Exception {
        Files.createDirectories(box.sockets);
        // What is left of a daemon that was killed: refused until a successor listens.
        var stale = new FakeDaemon(folder.resolve("stale"));
        Files.createLink(box.sockets.resolve("wg0.sock"), folder.resolve("stale"));
        stale.close();
        box.links(link(5, "wg0", "tun"));
        box.loop.on(() -> true);
        Files.delete(box.sockets.resolve("wg0.sock"));
        try (var daemon = box.daemon("wg0").will(told(1)).will(told(1))) {
            box.next(DeviceSeen.class);
            assertTrue(daemon.connections >= 1);
        }
    }

    @Test
    void tellsThatADeviceIsGoneWithItsLink() throws Exception {
        try (var daemon = box.daemon("wg0").will(told(1))) {
            box.links(link(5, "wg0", "tun"));
            box.next(DeviceSeen.class);
            box.links();
            assertEquals(new DeviceGone("wg0", "the interface is gone"), box.next(DeviceGone.class));
            assertTrue(box.loop.on(() -> box.uapi.of("wg0").isEmpty()));
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void tellsThatADeviceIsGoneWithItsSocket() throws Exception {
        var daemon = box.daemon("wg0").will(told(1));
        box.links(link(5, "wg0", "tun"));
        box.next(DeviceSeen.class);
        daemon.close();
        assertEquals(new DeviceGone("wg0", "its daemon's socket is gone"), box.next(DeviceGone.class));
    }

    @Test
    void aRecreatedInterfaceIsAnotherDevice() throws Exception {
        try (var daemon = box.daemon("wg0").will(told(1)).will(told(1))) {
            box.links(link(5, "wg0", "tun"));
            box.next(DeviceSeen.class);
            box.links(link(6, "wg0", "tun"));
            assertEquals(new DeviceGone("wg0", "the interface was made anew"), box.next(DeviceGone.class));
            var again = box.next(DeviceSeen.class);
            assertEquals(6, again.device().interfaceIndex());
            assertEquals(1, again.changedPeers().size());
            assertEquals(2, daemon.asked.size());
        }
    }

    @Test
    void leavesSocketsWithoutAnInterfaceOfOursAlone() throws Exception {
        try (var daemon = box.daemon("wg0").will(told(1));
                var foreign = box.daemon("wg9")) {
            box.links(link(5, "wg0", "tun"), link(6, "wg9", "dummy"));
            box.next(DeviceSeen.class);
            assertEquals(0, foreign.connections);
            assertEquals(1, daemon.connections);
        }
    }

    @Test
    void leavesADisabledDeviceAlone() throws Exception {
        box.settings = new DeviceSettings(false, Optional.empty(), false, Map.of());
        try (var daemon = box.daemon("wg0")) {
            box.links(link(5, "wg0", "tun"));
            assertNull(box.seen.poll(100, TimeUnit.MILLISECONDS));
            assertEquals(0, daemon.connections);
        }
    }

    @Test
    void namesTheDevicesThatItIsToLeaveAlone() throws Exception {
        box.settings = new DeviceSettings(false, Optional.empty(), false, Map.of());
        box.links(link(9, "wg9", "wireguard"), link(8, "wg8", "tun"), link(2, "wan", "veth"));
        assertEquals(List.of("wg8", "wg9"), box.loop.on(() -> box.watch.disabled()));
        assertEquals(Map.of(), box.loop.on(() -> box.watch.notes()));
        assertTrue(box.seen.isEmpty());
    }
}
