package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.DeviceGone;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.tunnel.wireguard.FakeKernelDevices;
import dev.reroam.tunnel.wireguard.UapiClients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a device of which one reading failed, on virtual time. */
class ReadAgainTest {

    private static final Link LINK = new Link(
            8,
            "wgk",
            1,
            OperState.UP,
            65534,
            "wireguard",
            1420,
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty());

    private final VirtualLoop time = new VirtualLoop();
    private final FakeKernelDevices kernel = new FakeKernelDevices();
    private final List<Observation> seen = new ArrayList<>();
    private DeviceWatch watch;

    @BeforeEach
    void followADevice() {
        DescriptorLoop none = (fd, onReadable) -> {
            throw new IllegalStateException("no descriptor here");
        };
        watch = new DeviceWatch(new DeviceWatch.Outside(
                none,
                time.loop(),
                task -> {},
                time.clock(),
                new UapiClients(none, time.loop(), time.clock(), new Random(1)),
                kernel,
                List.of(),
                Path.of("/nonexistent"),
                name -> DeviceSettings.NONE,
                InnerTraffic.of(none),
                seen::add));
        kernel.devices.put(8, device(1));
        watch.onLinks(List.of(LINK));
        assertInstanceOf(DeviceSeen.class, seen.removeFirst());
        pass(10_000);
        kernel.readings = 0;
    }

    @Test
    void keepsTheDeviceAndItsPeersThroughAFailedReading() {
        kernel.refusal = Optional.of(Errno.EINTR);
        watch.read("wgk");
        assertEquals("fake: EINTR", watch.notes().get("wgk").why());
        assertEquals(List.of(), seen);
        kernel.refusal = Optional.empty();
        kernel.devices.put(8, device(2));
        pass(100);
        var again = assertInstanceOf(DeviceSeen.class, seen.removeFirst());
        assertEquals(2, again.changedPeers().getFirst().receivedBytes());
        assertEquals(List.of(), seen);
        assertEquals(0, watch.notes().size());
    }

    @Test
    void triesAgainFourTimesInARow() {
        kernel.garbled = true;
        watch.read("wgk");
        for (int millis : List.of(100, 500, 1_000, 2_000)) {
            int before = kernel.readings;
            pass(millis - 1);
            assertEquals(before, kernel.readings, millis + " ms are not over");
            pass(1);
            assertEquals(before + 1, kernel.readings, millis + " ms are over");
        }
        pass(600_000);
        assertEquals(5, kernel.readings);
        assertEquals(5, watch.malformed());
        assertEquals(List.of(), seen);
        watch.readAll();
        pass(100);
        assertEquals(7, kernel.readings, "the minute's reading begins anew");
    }

    @Test
    void doesNotTryMoreOftenBecauseTheBrainAsksToo() {
        kernel.refusal = Optional.of(Errno.ENOBUFS);
        watch.read("wgk");
        watch.read("wgk");
        watch.read("wgk");
        pass(100);
        pass(499);
        assertEquals(4, kernel.readings);
        pass(1);
        assertEquals(5, kernel.readings);
    }

    @Test
    void stopsTryingWhenTheReadingSucceeds() {
        kernel.refusal = Optional.of(Errno.EINTR);
        watch.read("wgk");
        kernel.refusal = Optional.empty();
        watch.read("wgk");
        pass(600_000);
        assertEquals(2, kernel.readings);
    }

    @Test
    void stopsTryingWhenTheDeviceIsGone() {
        kernel.refusal = Optional.of(Errno.EINTR);
        watch.read("wgk");
        watch.onLinks(List.of());
        assertEquals(List.of(new DeviceGone("wgk", "the interface is gone")), seen);
        pass(600_000);
        assertEquals(1, kernel.readings);
    }

    @Test
    void takesTheKernelsWordThatItMayNotBeRead() {
        kernel.refusal = Optional.of(Errno.EPERM);
        watch.read("wgk");
        assertEquals(List.of(new DeviceGone("wgk", "cannot be read: fake: EPERM")), seen);
        pass(600_000);
        assertEquals(1, kernel.readings);
    }

    @Test
    void takesTheKernelsWordThatThereIsNoSuchDevice() {
        kernel.devices.clear();
        watch.read("wgk");
        assertInstanceOf(DeviceGone.class, seen.removeFirst());
        pass(600_000);
        assertEquals(1, kernel.readings);
    }

    private void pass(long millis) {
        time.jump(millis, TimeUnit.MILLISECONDS);
    }

    private static WireGuardDevice device(long received) {
        var peer = new WireGuardPeer(new WireGuardKey(1, 2, 3, 4), Optional.empty(), 0, 0, 0, received, 0, List.of());
        return new WireGuardDevice(8, "wgk", Optional.of(new WireGuardKey(5, 6, 7, 8)), 7, 0, List.of(peer));
    }
}
