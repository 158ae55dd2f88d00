package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.DeviceGone;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.tunnel.wireguard.FakeDaemon;
import dev.reroam.tunnel.wireguard.FakeKernelDevices;
import dev.reroam.tunnel.wireguard.TestLoop;
import dev.reroam.tunnel.wireguard.UapiClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "poll: {0}")
@ValueSource(booleans = {false, true})
class DeviceWatchTest {

    private static final String KEY = "ab".repeat(32);
    private static final String KEY_BASE64 = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";

    @TempDir
    Path folder;

    private final TestLoop loop;
    private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();
    private DeviceSettings settings = DeviceSettings.NONE;
    private final FakeKernelDevices kernel = new FakeKernelDevices();
    private Path sockets;
    private UapiClients uapi;
    private DeviceWatch watch;

    DeviceWatchTest(boolean poll) {
        loop = new TestLoop(poll);
    }

    @BeforeEach
    void start() throws Exception {
        sockets = folder.resolve("run/wireguard");
        watch = loop.on(() -> {
            uapi = new UapiClients(loop.descriptors(), loop.loop(), Clock.system(), new Random(1));
            var made = new DeviceWatch(new DeviceWatch.Outside(
                    loop.descriptors(),
                    loop.loop(),
                    Runnable::run,
                    Clock.system(),
                    uapi,
                    kernel,
                    List.of(sockets),
                    folder,
                    name -> settings,
                    (link, from, sources) -> {
                        throw new IllegalStateException("nobody is to be listened to");
                    },
                    seen::add));
            made.start();
            return made;
        });
    }

    @AfterEach
    void stop() throws Exception {
        loop.on(() -> {
            watch.close();
            uapi.close();
            return true;
        });
        loop.close();
    }

    @Test
    void passesOverAnInterfaceWhoseNameNoPathCanHave() throws Exception {
        // As a letter beyond ASCII is for a service whose locale is plain ASCII.
        try (var daemon = daemon("wg0").will(told(10))) {
            links(link(4, "wg\0", "tun"), link(5, "wg0", "tun"));
            assertEquals("wg0", next(DeviceSeen.class).device().name());
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void tellsOfADeviceThatIsThere() throws Exception {
        try (var daemon = daemon("wg0").will(told(10))) {
            links(link(5, "wg0", "tun"));
            var device = next(DeviceSeen.class);
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
        kernel.devices.put(8, kernelDevice(8, 51820));
        links(link(8, "wgk", "wireguard"));
        var device = next(DeviceSeen.class).device();
        assertEquals(DeviceKind.KERNEL, device.kind());
        assertEquals(51820, device.listenPort());
        assertEquals(KEY_BASE64, device.publicKey());
        links();
        assertEquals(new DeviceGone("wgk", "the interface is gone"), next(DeviceGone.class));
        assertEquals(List.of("forget 8"), kernel.log);
    }

    @Test
    void readsADeviceAgainWhenItsInterfaceIsSetUp() throws Exception {
        kernel.devices.put(8, kernelDevice(8, 0));
        links(link(8, "wgk", "wireguard"));
        assertEquals(0, next(DeviceSeen.class).device().listenPort());
        kernel.devices.put(8, kernelDevice(8, 7));
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
        links(up);
        assertEquals(7, next(DeviceSeen.class).device().listenPort());
    }

    @Test
    void looksAgainForThePeersThatADeviceIsGivenLater() throws Exception {
        try (var daemon = daemon("wg0").will("errno=0\n\n").will(told(1))) {
            links(link(5, "wg0", "tun"));
            assertEquals(List.of(), next(DeviceSeen.class).changedPeers());
            assertEquals(1, next(DeviceSeen.class).changedPeers().size());
            assertEquals(2, daemon.asked.size());
        }
    }

    @Test
    void saysThatAKernelDeviceCannotBeRead() throws Exception {
        kernel.refusal = Optional.of(Errno.EPERM);
        links(link(8, "wgk", "wireguard"));
        var note = loop.on(() -> watch.notes().get("wgk"));
        assertEquals("fake: EPERM", note.why());
        read("wgk");
        assertEquals(Map.of("wgk", note), loop.on(() -> watch.notes()), "since the first refusal");
        assertTrue(seen.isEmpty());
    }

    @Test
    void namesTheDevicesThatItIsToLeaveAlone() throws Exception {
        settings = new DeviceSettings(false, Optional.empty(), Map.of());
        links(link(9, "wg9", "wireguard"), link(8, "wg8", "tun"), link(2, "wan", "veth"));
        assertEquals(List.of("wg8", "wg9"), loop.on(() -> watch.disabled()));
        assertEquals(Map.of(), loop.on(() -> watch.notes()));
        assertTrue(seen.isEmpty());
    }

    @Test
    void tellsDifferencesOnly() throws Exception {
        try (var daemon = daemon("wg0")
                .will(told(10))
                .will(told(10))
                .will(told(11))
                .will("errno=0\n\n")
                .will("errno=0\n\n")) {
            links(link(5, "wg0", "tun"));
            next(DeviceSeen.class);
            read("wg0");
            assertEquals(List.of(), next(DeviceSeen.class).changedPeers());
            read("wg0");
            var third = next(DeviceSeen.class);
            assertEquals(11, third.changedPeers().getFirst().receivedBytes());
            read("wg0");
            assertEquals(List.of(KEY_BASE64), next(DeviceSeen.class).removedPeers());
            assertEquals(4, daemon.asked.size());
        }
    }

    @Test
    void findsASocketThatComesLaterWithItsFolder() throws Exception {
        links(link(5, "wg0", "tun"));
        try (var daemon = daemon("wg0").will(told(1))) {
            next(DeviceSeen.class);
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void tellsThatADeviceIsGoneWithItsLink() throws Exception {
        try (var daemon = daemon("wg0").will(told(1))) {
            links(link(5, "wg0", "tun"));
            next(DeviceSeen.class);
            links();
            assertEquals(new DeviceGone("wg0", "the interface is gone"), next(DeviceGone.class));
            assertTrue(loop.on(() -> uapi.of("wg0").isEmpty()));
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void tellsThatADeviceIsGoneWithItsSocket() throws Exception {
        var daemon = daemon("wg0").will(told(1));
        links(link(5, "wg0", "tun"));
        next(DeviceSeen.class);
        daemon.close();
        assertEquals(new DeviceGone("wg0", "its daemon's socket is gone"), next(DeviceGone.class));
    }

    @Test
    void aRecreatedInterfaceIsAnotherDevice() throws Exception {
        try (var daemon = daemon("wg0").will(told(1)).will(told(1))) {
            links(link(5, "wg0", "tun"));
            next(DeviceSeen.class);
            links(link(6, "wg0", "tun"));
            assertEquals(new DeviceGone("wg0", "the interface was made anew"), next(DeviceGone.class));
            var again = next(DeviceSeen.class);
            assertEquals(6, again.device().interfaceIndex());
            assertEquals(1, again.changedPeers().size());
            assertEquals(2, daemon.asked.size());
        }
    }

    @Test
    void anotherPrivateKeyIsAnotherDevice() throws Exception {
        try (var daemon = daemon("wg0")
                .will("private_key=" + "01".repeat(32) + "\n" + told(1))
                .will("private_key=" + "02".repeat(32) + "\n" + told(1))) {
            links(link(5, "wg0", "tun"));
            next(DeviceSeen.class);
            read("wg0");
            assertEquals(new DeviceGone("wg0", "it is another device now"), next(DeviceGone.class));
            assertEquals(1, next(DeviceSeen.class).changedPeers().size());
            assertEquals(2, daemon.asked.size());
        }
    }

    @Test
    void leavesSocketsWithoutAnInterfaceOfOursAlone() throws Exception {
        try (var daemon = daemon("wg0").will(told(1));
                var foreign = daemon("wg9")) {
            links(link(5, "wg0", "tun"), link(6, "wg9", "dummy"));
            next(DeviceSeen.class);
            assertEquals(0, foreign.connections);
            assertEquals(1, daemon.connections);
        }
    }

    @Test
    void leavesADisabledDeviceAlone() throws Exception {
        settings = new DeviceSettings(false, Optional.empty(), Map.of());
        try (var daemon = daemon("wg0")) {
            links(link(5, "wg0", "tun"));
            assertNull(seen.poll(100, TimeUnit.MILLISECONDS));
            assertEquals(0, daemon.connections);
        }
    }

    @Test
    void prefersTheConfiguredProbe() throws Exception {
        settings = new DeviceSettings(true, Optional.of(PortUse.FREE), Map.of(KEY_BASE64, IpAddress.parse("10.9.9.9")));
        try (var daemon = daemon("wg0").will(told(1))) {
            links(link(5, "wg0", "tun"));
            var device = next(DeviceSeen.class);
            assertEquals(
                    Optional.of(IpAddress.parse("10.9.9.9")),
                    device.changedPeers().getFirst().probe());
            assertEquals(PortUse.FREE, device.device().portUse());
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void asksAgainWhenTheDaemonIsSlowToListen() throws Exception {
        Files.createDirectories(sockets);
        // What is left of a daemon that was killed: refused until a successor listens.
        var stale = new FakeDaemon(folder.resolve("stale"));
        Files.createLink(sockets.resolve("wg0.sock"), folder.resolve("stale"));
        stale.close();
        links(link(5, "wg0", "tun"));
        loop.on(() -> true);
        Files.delete(sockets.resolve("wg0.sock"));
        try (var daemon = daemon("wg0").will(told(1)).will(told(1))) {
            next(DeviceSeen.class);
            assertTrue(daemon.connections >= 1);
        }
    }

    @Test
    void saysWhyADeviceIsOnlyWatched() throws Exception {
        try (var daemon = daemon("wg0").will("own_public_key=" + KEY + "\n" + told(1))) {
            links(link(5, "wg0", "tun"));
            assertEquals(DeviceKind.OBSERVED, next(DeviceSeen.class).device().kind());
            assertEquals(
                    "boringtun panics when a peer is changed",
                    loop.on(() -> watch.notes().get("wg0").why()));
            assertEquals(1, daemon.asked.size());
        }
    }

    @Test
    void keepsADeviceWhoseDaemonRefusesOrSpeaksNonsenseAndAsksAgain() throws Exception {
        try (var daemon = daemon("wg0")
                .will(told(1))
                .will("errno=-12\n\n")
                .will("what?\n")
                .will(told(1))
                .will(told(2))) {
            links(link(5, "wg0", "tun"));
            next(DeviceSeen.class);
            read("wg0");
            assertEquals(List.of(), next(DeviceSeen.class).changedPeers());
            assertEquals(Map.of(), loop.on(() -> watch.notes()));
            assertEquals(1, loop.on(() -> watch.malformed()));
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
        try (var daemon = daemon("wg0").will(talking).will(talking).will(talking)) {
            links(link(5, "wg0", "tun"));
            assertEquals(PortUse.FIXED, next(DeviceSeen.class).device().portUse());
            loop.on(() -> {
                watch.readAll();
                return true;
            });
            // The files and the device are read side by side: whichever comes first, the second one's news has both.
            next(DeviceSeen.class);
            assertEquals(PortUse.FREE, next(DeviceSeen.class).device().portUse());
            assertEquals(
                    "51820 is ephemeral, named nowhere, and all talking peers have an endpoint",
                    loop.on(() -> watch.port("wg0").orElseThrow().reason()));
            assertEquals(2, daemon.asked.size());
        }
    }

    private FakeDaemon daemon(String device) throws Exception {
        Files.createDirectories(sockets);
        return new FakeDaemon(sockets.resolve(device + ".sock"));
    }

    private static WireGuardDevice kernelDevice(int index, int port) {
        var peer = new WireGuardPeer(new WireGuardKey(1, 2, 3, 4), Optional.empty(), 0, 0, 0, 0, 0, List.of());
        return new WireGuardDevice(index, "wgk", Optional.of(WireGuardKey.parseHex(KEY)), port, 0, List.of(peer));
    }

    private static String told(long received) {
        return "listen_port=51820\nfwmark=7\npublic_key=" + KEY + "\nrx_bytes=" + received
                + "\npersistent_keepalive_interval=25\nallowed_ip=10.0.0.0/24\nallowed_ip=10.0.0.2/32\nerrno=0\n\n";
    }

    private void links(Link... links) throws Exception {
        loop.on(() -> {
            watch.onLinks(Arrays.asList(links));
            return true;
        });
    }

    private static Link link(int index, String name, String kind) {
        return new Link(
                index,
                name,
                1,
                OperState.UP,
                65534,
                kind,
                1420,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    private void read(String device) throws Exception {
        loop.on(() -> {
            watch.read(device);
            return true;
        });
    }

    private <T extends Observation> T next(Class<T> kind) throws InterruptedException {
        return assertInstanceOf(kind, seen.poll(10, TimeUnit.SECONDS));
    }
}
