package dev.reroam.tunnel.wireguard.see;

import static dev.reroam.tunnel.wireguard.see.WatchedBox.KEY;
import static dev.reroam.tunnel.wireguard.see.WatchedBox.KEY_BASE64;
import static dev.reroam.tunnel.wireguard.see.WatchedBox.kernelDevice;
import static dev.reroam.tunnel.wireguard.see.WatchedBox.link;
import static dev.reroam.tunnel.wireguard.see.WatchedBox.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.DeviceGone;
import dev.reroam.recovery.Observation.DeviceSeen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a device that is followed. */
@ParameterizedClass(name = "poll: {0}")
@ValueSource(booleans = {false, true})
class WatchedDeviceTest {

    @TempDir
    Path folder;

    private final boolean poll;
    private WatchedBox box;

    WatchedDeviceTest(boolean poll) {
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
    void readsADeviceAgainWhenItsInterfaceIsSetUp() throws Exception {
        box.kernel.devices.put(8, kernelDevice(8, 0));
        box.links(link(8, "wgk", "wireguard"));
        assertEquals(0, box.next(DeviceSeen.class).device().listenPort());
        box.kernel.devices.put(8, kernelDevice(8, 7));
        var up = new Link(
                8,
                "wgk",
                0x11,
                OperState.UP,
                65534,
                "wireguard",
                1420,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
        box.links(up);
        assertEquals(7, box.next(DeviceSeen.class).device().listenPort());
    }

    @Test
    void looksAgainForThePeersThatADeviceIsGivenLater() throws Exception {
        try (var daemon = box.daemon("wg0").will("errno=0\n\n").will(told(1))) {
            box.links(link(5, "wg0", "tun"));
            assertEquals(List.of(), box.next(DeviceSeen.class).changedPeers());
            assertEquals(1, box.next(DeviceSeen.class).changedPeers().size());
            assertEquals(2, daemon.asked.size());
        }
    }

    @Test
    void saysThatAKernelDeviceCannotBeRead() throws Exception {
        box.kernel.refusal = Optional.of(Errno.EPERM);
        box.links(link(8, "wgk", "wireguard"));
        var note = box.loop.on(() -> box.watch.notes().get("wgk"));
        assertEquals("fake: EPERM", note.why());
        box.read("wgk");
        assertEquals(Map.of("wgk", note), box.loop.on(() -> box.watch.notes()), "since the first refusal");
        assertTrue(box.seen.isEmpty());
    }

    @Test
    void tellsDifferencesOnly() throws Exception {
        try (var daemon = box.daemon("wg0")
                .will(told(10))
                .will(told(10))
                .will(told(11))
                .will("errno=0\n\n")
                .will("errno=0\n\n")) {
            box.links(link(5, "wg0", "tun"));
            box.next(DeviceSeen.class);
            box.read("wg0");
            assertEquals(List.of(), box.next(DeviceSeen.class).changedPeers());
            box.read("wg0");
            var third = box.next(DeviceSeen.class);
            assertEquals(11, third.changedPeers().getFirst().receivedBytes());
            box.read("wg0");
            assertEquals(List.of(KEY_BASE64), box.next(DeviceSeen.class).removedPeers());
            assertEquals(4, daemon.asked.size());
        }
    }

    @Test
    void anotherPrivateKeyIsAnotherDevice() throws Exception {
        try (var daemon = box.daemon("wg0")
                .will("private_key=" + "01".repeat(32) + "\n" + told(1))
                .will("private_key=" + "02".repeat(32) + "\n" + told(1))) {
            box.links(link(5, "wg0", "tun"));
            box.next(DeviceSeen.class);
            box.read("wg0");
            assertEquals(new DeviceGone("wg0", "it is another device now"), box.next(DeviceGone.class));
            assertEquals(1, box.next(DeviceSeen.class).changedPeers().size());
            assertEquals(2, daemon.asked.size());
        }
    }

    @Test
    void prefersTheConfiguredProbe() throws Exception {
        box.settings = new DeviceSettings(
                true, Optional.of(PortUse.FREE), false, Map.of(KEY_BASE64, IpAddress.parse("10.9.9.9")));
        try (var daemon = box.daemon("wg0").will(told(1))) {
            box.links(link(5, "wg0", "tun"));
            var device = box.next(DeviceSeen.class);
            assertEquals(
                    Optional.of(IpAddress.parse("10.9.9.9")),
                    device.changedPeers().getFirst().probe());
            assertEquals(PortUse.FREE, device.device().portUse());
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void saysWhyADeviceIsOnlyWatched() throws Exception {
        try (var daemon = box.daemon("wg0").will("own_public_key=" + KEY + "\n" + told(1))) {
            box.links(link(5, "wg0", "tun"));
            assertEquals(
                    DeviceKind.OBSERVED, box.next(DeviceSeen.class).device().kind());
            assertEquals(
                    "boringtun panics when a peer is changed",
                    box.loop.on(() -> box.watch.notes().get("wg0").why()));
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void keepsADeviceWhoseDaemonRefusesOrSpeaksNonsenseAndAsksAgain() throws Exception {
        try (var daemon = box.daemon("wg0")
                .will(told(1))
                .will("errno=-12\n\n")
                .will("what?\n")
                .will(told(1))
                .will(told(2))) {
            box.links(link(5, "wg0", "tun"));
            box.next(DeviceSeen.class);
            box.read("wg0");
            assertEquals(List.of(), box.next(DeviceSeen.class).changedPeers());
            assertEquals(Map.of(), box.loop.on(() -> box.watch.notes()));
            assertEquals(1, box.loop.on(() -> box.watch.malformed()));
            assertEquals(4, daemon.asked.size());
        }
    }

    @Test
    void judgesThePortAgainWhenTheFilesChange() throws Exception {
        Files.createDirectories(folder.resolve("proc/sys/net/ipv4"));
        Files.writeString(folder.resolve("proc/sys/net/ipv4/ip_local_port_range"), "32768 60999");
        Files.createDirectories(folder.resolve("etc/wireguard"));
        Files.writeString(
                folder.resolve("etc/wireguard/wg0.conf"), "[Peer]\nPublicKey = " + KEY_BASE64 + "\nEndpoint = a:1\n");
        var talking = told(1).replace("errno", "last_handshake_time_sec=1\nerrno");
        try (var daemon = box.daemon("wg0").will(talking).will(talking).will(talking)) {
            box.links(link(5, "wg0", "tun"));
            assertEquals(PortUse.FIXED, box.next(DeviceSeen.class).device().portUse());
            box.loop.on(() -> {
                box.watch.readAll();
                return true;
            });
            // The files and the device are read side by side: whichever comes first, the second one's news has both.
            box.next(DeviceSeen.class);
            assertEquals(PortUse.FREE, box.next(DeviceSeen.class).device().portUse());
            assertEquals(
                    "51820 is ephemeral, named nowhere, and all talking peers have an endpoint",
                    box.loop.on(() -> box.watch.port("wg0").orElseThrow().reason()));
            assertEquals(2, daemon.asked.size());
        }
    }
}
