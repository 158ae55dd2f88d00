package dev.reroam.tests.integration;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Ledger;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.EpollDescriptorDriver;
import dev.reroam.linux.libc.Libc;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import dev.reroam.tests.lab.WireGuardKind;
import dev.reroam.tunnel.wireguard.KernelConnection;
import dev.reroam.tunnel.wireguard.UapiClients;
import dev.reroam.tunnel.wireguard.act.WireGuardRepair;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The lab's router with a loop of ours inside its namespace: what an agent there would work with. */
final class WireGuardRouter {

    private static final long PATIENCE_NANOS = 10_000_000_000L;

    final Topology net;
    final UapiClients uapi;
    final KernelConnection kernel = new KernelConnection();
    final WireGuardRepair repair;
    /** What the ledger was told, in order. */
    final List<Entry> remembered = new CopyOnWriteArrayList<>();

    final List<Entry> forgotten = new CopyOnWriteArrayList<>();

    private final Belongings belongings = Belongings.open();
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<RuntimeException> bugs = new CopyOnWriteArrayList<>();
    private final EpollDescriptorDriver descriptors;

    WireGuardRouter(Plan plan) throws Exception {
        net = Topology.make(plan, belongings);
        descriptors = new EpollDescriptorDriver(loop(), bugs::add);
        on(() -> {
            try (var namespace = Descriptor.own(
                    "router's namespace",
                    Libc.open("/run/netns/" + net.router().name(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0))) {
                return Libc.check("enter the router", Libc.setns(namespace.fd(), Libc.CLONE_NEWNET));
            }
        });
        uapi = new UapiClients(descriptors, loop(), Clock.system(), new SecureRandom());
        uapi.open(device(), "/var/run/wireguard/" + device() + ".sock");
        repair = new WireGuardRepair(uapi, kernel, new ListLedger(), Clock.system());
    }

    IoEventLoop loop() {
        return group.next();
    }

    EpollDescriptorDriver descriptors() {
        return descriptors;
    }

    String device() {
        return net.tunnel().device();
    }

    /** {@code wg show} of the router's device. */
    String wg(String what) {
        return net.router().run("wg", "show", device(), what).strip();
    }

    /** The kernel's number of the router's device. */
    int interfaceIndex() {
        return Integer.parseInt(net.router()
                .run("cat", "/sys/class/net/" + device() + "/ifindex")
                .strip());
    }

    /** Bytes that the far peer has received from the router. */
    long farReceived() {
        var fields = net.far()
                .run("wg", "show", net.tunnel().farDevice(), "transfer")
                .strip()
                .split("\\s+", -1);
        return Long.parseLong(fields[1]);
    }

    /** Sends something through the tunnel and waits for the answer. */
    void shakeHands() {
        net.router().run("ping", "-c", "1", "-W", "5", net.tunnel().farInner());
    }

    /** Waits until the far peer has received this many bytes; what it has received then. */
    long awaitFarReceived(long bytes) {
        long deadline = Clock.system().monotonicNanos() + PATIENCE_NANOS;
        long received = farReceived();
        while (received < bytes && Clock.system().monotonicNanos() < deadline) {
            received = farReceived();
        }
        return received;
    }

    /** The sockets (inodes) bound to the router's device's port. */
    String sockets() {
        var hexadecimal = ":%04X ".formatted(Integer.parseInt(wg("listen-port")));
        return net.router()
                .run("cat", "/proc/self/net/udp")
                .lines()
                .filter(line -> line.contains(hexadecimal))
                .map(line -> line.trim().split("\\s+", -1)[9])
                .collect(Collectors.joining(" "));
    }

    /** The device as the brain would name it. */
    DeviceFacts facts() {
        return new DeviceFacts(
                device(),
                interfaceIndex(),
                net.plan().wireguard() == WireGuardKind.KERNEL ? DeviceKind.KERNEL : DeviceKind.USERSPACE,
                wg("public-key"),
                Integer.parseInt(wg("listen-port")),
                0,
                PortUse.FREE);
    }

    RepairOutcome perform(Action.Setting action) throws Exception {
        return outcome(then -> repair.perform(action, then));
    }

    RepairOutcome outcome(Consumer<Consumer<RepairOutcome>> call) throws Exception {
        var outcome = new CompletableFuture<RepairOutcome>();
        on(() -> {
            call.accept(outcome::complete);
            return true;
        });
        return outcome.get(10, TimeUnit.SECONDS);
    }

    <T> T on(Callable<T> call) throws Exception {
        return loop().submit(call).get(10, TimeUnit.SECONDS);
    }

    void close() throws Exception {
        on(() -> {
            uapi.close();
            kernel.close();
            return true;
        });
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        belongings.close();
        if (!bugs.isEmpty()) {
            throw bugs.getFirst();
        }
    }

    /** A ledger whose disk is a list. */
    private final class ListLedger implements Ledger {
        @Override
        public CompletionStage<Void> remember(List<? extends Entry> entries) {
            remembered.addAll(entries);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> forget(List<? extends Entry> entries) {
            forgotten.addAll(entries);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<Entry> entries() {
            return new ArrayList<>(remembered);
        }
    }
}
