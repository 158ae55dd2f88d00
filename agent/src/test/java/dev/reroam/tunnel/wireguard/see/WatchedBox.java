package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.recovery.Observation;
import dev.reroam.tunnel.wireguard.FakeDaemon;
import dev.reroam.tunnel.wireguard.FakeKernelDevices;
import dev.reroam.tunnel.wireguard.TestLoop;
import dev.reroam.tunnel.wireguard.UapiClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A device watch on a real loop, with devices of the kernel and daemons that the test makes, and what it tells of them. */
final class WatchedBox {

    static final String KEY = "ab".repeat(32);
    static final String KEY_BASE64 = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";

    final TestLoop loop;
    final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();
    final FakeKernelDevices kernel = new FakeKernelDevices();
    final Path sockets;
    final UapiClients uapi;
    final DeviceWatch watch;
    DeviceSettings settings = DeviceSettings.NONE;

    /**
     * @param poll whether the loop reads descriptors by poll(2)
     * @param folder the root of the box's files
     */
    WatchedBox(boolean poll, Path folder) throws Exception {
        loop = new TestLoop(poll);
        sockets = folder.resolve("run/wireguard");
        uapi = loop.on(() -> new UapiClients(loop.descriptors(), loop.loop(), Clock.system(), new Random(1)));
        watch = loop.on(() -> {
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

    /** A daemon that listens at the device's socket. */
    FakeDaemon daemon(String device) throws Exception {
        Files.createDirectories(sockets);
        return new FakeDaemon(sockets.resolve(device + ".sock"));
    }

    static WireGuardDevice kernelDevice(int index, int port) {
        var peer = new WireGuardPeer(new WireGuardKey(1, 2, 3, 4), Optional.empty(), 0, 0, 0, 0, 0, List.of());
        return new WireGuardDevice(index, "wgk", Optional.of(WireGuardKey.parseHex(KEY)), port, 0, List.of(peer));
    }

    /** What a daemon tells of a device with one peer. */
    static String told(long received) {
        return "listen_port=51820\nfwmark=7\npublic_key=" + KEY + "\nrx_bytes=" + received
                + "\npersistent_keepalive_interval=25\nallowed_ip=10.0.0.0/24\nallowed_ip=10.0.0.2/32\nerrno=0\n\n";
    }

    void links(Link... links) throws Exception {
        loop.on(() -> {
            watch.onLinks(Arrays.asList(links));
            return true;
        });
    }

    static Link link(int index, String name, String kind) {
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

    void read(String device) throws Exception {
        loop.on(() -> {
            watch.read(device);
            return true;
        });
    }

    /** The next observation, which is of this kind. */
    <T extends Observation> T next(Class<T> kind) throws InterruptedException {
        return assertInstanceOf(kind, seen.poll(10, TimeUnit.SECONDS));
    }

    void close() throws Exception {
        loop.on(() -> {
            watch.close();
            uapi.close();
            return true;
        });
        loop.close();
    }
}
