package dev.reroam.tests.integration;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.EpollDescriptorDriver;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.tunnel.wireguard.KernelConnection;
import dev.reroam.tunnel.wireguard.UapiClients;
import dev.reroam.tunnel.wireguard.see.DeviceSettings;
import dev.reroam.tunnel.wireguard.see.DeviceWatch;
import dev.reroam.tunnel.wireguard.see.InnerTraffic;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

/**
 * A process of its own that does nothing but watch one userspace device: says {@code read} once it has read it many times, and
 * ends with its input.
 */
final class WireGuardReader {

    private static final int READINGS = 50;

    private WireGuardReader() {}

    /** Arguments: the device, and the root below which configuration files are looked for. */
    public static void main(String[] arguments) throws Exception {
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        var loop = group.next();
        var readings = new CountDownLatch(READINGS);
        var watches = new DeviceWatch[1];
        loop.submit(() -> {
                    var descriptors = new EpollDescriptorDriver(loop, WireGuardReader::fail);
                    var uapi = new UapiClients(descriptors, loop, Clock.system(), new SecureRandom());
                    watches[0] = new DeviceWatch(new DeviceWatch.Outside(
                            descriptors,
                            loop,
                            Runnable::run,
                            Clock.system(),
                            uapi,
                            new KernelConnection(),
                            DeviceWatch.SOCKET_FOLDERS,
                            Path.of(arguments[1]),
                            name -> DeviceSettings.NONE,
                            InnerTraffic.of(descriptors),
                            seen -> {
                                readings.countDown();
                                if (readings.getCount() > 0) {
                                    loop.execute(() -> watches[0].readAll());
                                }
                            }));
                    watches[0].start();
                    watches[0].onLinks(List.of(link(arguments[0])));
                    return true;
                })
                .get();
        readings.await();
        // The files once more, last of all: what stays of them has not been collected yet.
        loop.submit(() -> {
                    Files.setLastModifiedTime(
                            Path.of(arguments[1], "etc/wireguard/wg0.conf"), FileTime.fromMillis(1_000_000_000_000L));
                    watches[0].readAll();
                    return true;
                })
                .get();
        System.out.println("read");
        awaitEnd();
        System.exit(0);
    }

    private static void awaitEnd() throws IOException {
        while (System.in.read() >= 0) {
            // Until the test has searched our memory.
        }
    }

    private static void fail(RuntimeException bug) {
        System.out.println("bug: " + bug);
        System.exit(1);
    }

    private static Link link(String name) {
        return new Link(
                1,
                name,
                1,
                OperState.UP,
                65534,
                "tun",
                1420,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }
}
