package dev.reroam.tunnel.wireguard.act;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.reroam.ledger.Entry.PortChanged;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tunnel.wireguard.FakeDaemon;
import dev.reroam.tunnel.wireguard.FakeKernelDevices;
import dev.reroam.tunnel.wireguard.TestLoop;
import dev.reroam.tunnel.wireguard.UapiClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Repairs on a real loop, with a daemon, a kernel and a ledger that the test sees; anew for each test. */
final class RepairBench implements BeforeEachCallback, AfterEachCallback {

    static final String HEX = "ab".repeat(32);
    static final String KEY = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";
    static final String DONE = "errno=0\n\n";
    static final DeviceFacts DEVICE = facts(DeviceKind.USERSPACE);
    static final DeviceFacts KERNEL = facts(DeviceKind.KERNEL);

    TestLoop loop;
    FakeLedger ledger;
    FakeKernelDevices kernel;
    FakeDaemon daemon;
    UapiClients uapi;
    WireGuardRepair repair;
    private Path folder;

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        // Short: a socket's path has some 100 characters.
        folder = Files.createTempDirectory("wg");
        var socket = folder.resolve("wg0.sock");
        loop = new TestLoop();
        ledger = new FakeLedger();
        kernel = new FakeKernelDevices();
        daemon = new FakeDaemon(socket);
        uapi = loop.on(() -> new UapiClients(loop.descriptors(), loop.loop(), Clock.system(), new Random(1)));
        repair = loop.on(() -> {
            uapi.open("wg0", socket.toString());
            return new WireGuardRepair(uapi, kernel, ledger, Clock.system());
        });
    }

    RepairOutcome perform(Action.Setting action) throws Exception {
        return outcome(then -> repair.perform(action, then));
    }

    RepairOutcome outcome(Consumer<Consumer<RepairOutcome>> call) throws Exception {
        var outcome = new CompletableFuture<RepairOutcome>();
        loop.on(() -> {
            call.accept(outcome::complete);
            return true;
        });
        return outcome.get(10, TimeUnit.SECONDS);
    }

    static void assertRefused(String errno, RepairOutcome outcome) {
        assertEquals(
                errno, assertInstanceOf(RepairOutcome.Refused.class, outcome).errno());
    }

    static Action.Refresh refresh(DeviceFacts device, String endpoint, int keepalive) {
        var peer = new Action.PeerRefresh(KEY, Optional.of(Endpoint.parse(endpoint)), keepalive);
        return new Action.Refresh(1, device, List.of(peer));
    }

    static WireGuardDevice kernelDevice(int port) {
        var peer = new WireGuardPeer(WireGuardKey.parseBase64(KEY), Optional.empty(), 17, 0, 0, 0, 0, List.of());
        return new WireGuardDevice(5, "wg0", Optional.empty(), port, 0x51, List.of(peer));
    }

    static String withPeer(String endpoint, int keepalive) {
        return "public_key=" + HEX + "\nendpoint=" + endpoint + "\npersistent_keepalive_interval=" + keepalive
                + "\nerrno=0\n\n";
    }

    static String told(int port) {
        return "listen_port=" + port + "\nerrno=0\n\n";
    }

    static PortChanged changed(int former, OptionalInt now, boolean proved) {
        return new PortChanged("wg0", 5, "", former, now, proved, 0);
    }

    static DeviceFacts facts(DeviceKind kind) {
        return new DeviceFacts("wg0", 5, kind, "", 7, 0, PortUse.FREE);
    }

    static DeviceFacts withKey(String key) {
        return new DeviceFacts("wg0", 5, DeviceKind.USERSPACE, key, 7, 0, PortUse.FREE);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        loop.on(() -> {
            uapi.close();
            return true;
        });
        daemon.close();
        loop.close();
        Files.deleteIfExists(folder.resolve("wg0.sock"));
        Files.delete(folder);
    }
}
