package dev.reroam.tunnel.wireguard.act;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Entry.PortChanged;
import dev.reroam.ledger.Entry.RebindInProgress;
import dev.reroam.ledger.Ledger;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tunnel.wireguard.KernelDevices;
import dev.reroam.tunnel.wireguard.UapiClients;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Repairs WireGuard devices. Confined to the agent loop; each call ends with exactly one outcome, on the loop, perhaps before
 * the call returns. A refresh reads the device and is then one write to the kernel or the daemon, which needs no ledger; a
 * change of the port is written down first.
 */
public final class WireGuardRepair {

    private static final long NANOS_PER_MILLI = 1_000_000;
    // Ours: a second refresh, 20 ms after the first, need not read the device again.
    private static final long FRESH_NANOS = 200_000_000;

    private final UapiClients uapi;
    private final KernelDevices kernel;
    private final Ledger ledger;
    private final Clock clock;
    // What was read last, null before the first reading: for as long as it is fresh.
    private @Nullable Recent recent;

    private record Recent(String device, WireGuardDevice told, long at) {}

    /**
     * @param uapi shared with {@code see}, as is {@code kernel}
     * @param clock its real time goes into the ledger, for people
     */
    public WireGuardRepair(UapiClients uapi, KernelDevices kernel, Ledger ledger, Clock clock) {
        this.uapi = uapi;
        this.kernel = kernel;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** Performs a repair that is wanted in any case. */
    public void perform(Action.Setting repair, Consumer<RepairOutcome> then) {
        perform(repair, () -> true, then);
    }

    /**
     * Performs a repair.
     *
     * @param wanted asked after all that must precede a new socket, and just before it; if not, nothing is done, and it ends
     *     {@link RepairOutcome.NotWanted}
     */
    public void perform(Action.Setting repair, BooleanSupplier wanted, Consumer<RepairOutcome> then) {
        conclude(
                changer(repair.device()).thenCompose(changer -> perform(repair, changer, wanted)),
                repair.device(),
                then);
    }

    /**
     * Walks through a refresh, so that the first real one is as fast as the tenth. Without effect: what is written in the end
     * is for peers that do not exist.
     *
     * @param refresh of peers that the device has
     * @param random names the peers that it has not
     */
    public void rehearse(Action.Refresh refresh, RandomGenerator random, Consumer<RepairOutcome> then) {
        // Each rehearsal reads the device, as the first refresh of an incident does.
        recent = null;
        conclude(
                changer(refresh.device())
                        .thenCompose(changer -> refresh(refresh, new RehearsedChanger(changer, random))),
                refresh.device(),
                then);
    }

    /**
     * Takes back what a former run, or this one, has written down, and strikes it out. What somebody else has set since stays
     * as it is; an entry of another device is only struck out, and ends {@link RepairOutcome.Vanished}.
     *
     * @param device the one that has the entry's name now
     */
    public void undo(DeviceFacts device, Entry entry, Consumer<RepairOutcome> then) {
        if (!isOf(device, entry)) {
            conclude(forget(entry).thenApply(gone -> new RepairOutcome.Vanished()), device, then);
            return;
        }
        conclude(
                changer(device)
                        .thenCompose(changer -> changer.read()
                                .thenCompose(now -> undo(changer, now, entry))
                                .thenCompose(undone -> forget(entry)))
                        .thenApply(done -> new RepairOutcome.Done()),
                device,
                then);
    }

    private CompletableFuture<RepairOutcome> perform(
            Action.Setting repair, DeviceChanger changer, BooleanSupplier wanted) {
        return switch (repair) {
            case Action.Refresh refresh -> refresh(refresh, changer);
            case Action.Rebind rebind -> rebind(rebind.device(), changer, wanted);
            case Action.NewPort newPort -> newPort(newPort.device(), changer, wanted);
            case Action.RestorePort restore ->
                restorePort(restore, changer).thenApply(done -> new RepairOutcome.Done());
            case Action.SetEndpoint set -> endpoint(set, changer, wanted);
            case Action.KeepPort keep ->
                remember(changed(keep.device(), keep.formerPort())
                                .to(keep.device().listenPort())
                                .kept())
                        .thenApply(done -> new RepairOutcome.Done());
        };
    }

    /**
     * Endpoint, keepalive and mark are written as the device has them now, not as the brain last heard of them: a peer that
     * roamed since, or a mark that was set since, must not be put back.
     */
    private CompletableFuture<RepairOutcome> refresh(Action.Refresh refresh, DeviceChanger changer) {
        if (refresh.peers().isEmpty() && !changer.clearsAllSources()) {
            return CompletableFuture.completedFuture(new RepairOutcome.Done());
        }
        return fresh(refresh.device(), changer).thenCompose(now -> {
            var nudges = nudges(refresh, now);
            return nudges.isEmpty() && !refresh.peers().isEmpty()
                    ? failed(new NotDone(new RepairOutcome.Vanished()))
                    : changer.refresh(now, nudges).thenApply(done -> new RepairOutcome.Done());
        });
    }

    /** The peers that are still there, in the order of the action. */
    private static List<WireGuardNudge> nudges(Action.Refresh refresh, WireGuardDevice now) {
        var nudges = new LinkedHashMap<WireGuardKey, Optional<WireGuardNudge>>();
        refresh.peers().forEach(peer -> nudges.put(WireGuardKey.parseBase64(peer.key()), Optional.empty()));
        for (var peer : now.peers()) {
            nudges.computeIfPresent(
                    peer.publicKey(),
                    (key, none) -> Optional.of(new WireGuardNudge(key, peer.endpoint(), peer.keepaliveSeconds())));
        }
        return nudges.values().stream().flatMap(Optional::stream).toList();
    }

    private CompletableFuture<WireGuardDevice> fresh(DeviceFacts device, DeviceChanger changer) {
        var last = recent;
        if (last != null
                && last.device.equals(device.name())
                && clock.monotonicNanos() - last.at < FRESH_NANOS
                && isFor(device, last.told)) {
            return CompletableFuture.completedFuture(last.told);
        }
        return same(device, changer);
    }

    private CompletableFuture<RepairOutcome> rebind(DeviceFacts device, DeviceChanger changer, BooleanSupplier wanted) {
        return same(device, changer).thenCompose(now -> {
            // One that did not find its way back left the device on some other port.
            int port = ledger.entries().stream()
                    .filter(entry -> entry instanceof RebindInProgress && isOf(device, entry))
                    .map(entry -> ((RebindInProgress) entry).port())
                    .findFirst()
                    .orElse(now.listenPort());
            if (port == 0) {
                return failed(NotDone.refused("rebind " + device.name(), "EINVAL", "no port is bound"));
            }
            if (changer.samePortReopens()) {
                return ifWanted(wanted, () -> changer.listenPort(port)).thenApply(done -> new RepairOutcome.Done());
            }
            var entry =
                    new RebindInProgress(device.name(), device.interfaceIndex(), device.publicKey(), port, nowMillis());
            return writtenDown(entry, wanted, () -> changer.listenPort(0))
                    .thenCompose(left -> changer.listenPort(port))
                    .thenCompose(back -> forget(entry))
                    .thenApply(done -> new RepairOutcome.Done());
        });
    }

    private CompletableFuture<RepairOutcome> newPort(
            DeviceFacts device, DeviceChanger changer, BooleanSupplier wanted) {
        return same(device, changer).thenCompose(now -> {
            if (now.listenPort() == 0) {
                return failed(NotDone.refused("leave the port of " + device.name(), "EINVAL", "no port is bound"));
            }
            var entry = changed(device, now.listenPort());
            return writtenDown(entry, wanted, () -> changer.listenPort(0))
                    .thenCompose(left -> changer.read())
                    .thenApply(then -> {
                        // Not waited for: without it the port is taken back as well, and the first packet from it is
                        // due.
                        var unused = remember(entry.to(then.listenPort())).whenComplete((done, problem) -> {
                            if (problem != null) {
                                Logger.warn("a new port of {} is not written down: {}", device.name(), problem);
                            }
                        });
                        return new RepairOutcome.PortChanged(then.listenPort());
                    });
        });
    }

    /**
     * Makes a change once its entry is on the disk, provided that it is wanted then. One that was refused, or not wanted, was
     * never made: the ledger is put back. Where that is not known, the entry stays to be undone.
     */
    private CompletableFuture<Void> writtenDown(
            Entry entry, BooleanSupplier wanted, Supplier<CompletableFuture<Void>> change) {
        Optional<Entry> before = standing(entry);
        return remember(entry)
                .thenCompose(written -> ifWanted(wanted, change)
                        .exceptionallyCompose(
                                problem -> cause(problem) instanceof NotDone notDone && notDone.isCertain()
                                        ? before.map(this::remember)
                                                .orElseGet(() -> forget(entry))
                                                .thenCompose(struck -> failed(problem))
                                        : failed(problem)));
    }

    private static CompletableFuture<Void> ifWanted(BooleanSupplier wanted, Supplier<CompletableFuture<Void>> change) {
        return wanted.getAsBoolean() ? change.get() : failed(NotDone.notWanted());
    }

    private CompletableFuture<Void> restorePort(Action.RestorePort restore, DeviceChanger changer) {
        return same(restore.device(), changer)
                // On userspace the same port again would open the sockets anew.
                .thenCompose(now -> now.listenPort() == restore.port()
                        ? CompletableFuture.<Void>completedFuture(null)
                        : changer.listenPort(restore.port()))
                .thenCompose(done -> restored(changed(restore.device(), restore.port())));
    }

    /** The port is the former one again. Where that had been left for another one before, there is still that to undo. */
    private CompletableFuture<Void> restored(PortChanged undone) {
        return standing(undone)
                .map(entry -> (PortChanged) entry)
                .filter(chain -> chain.formerPort() != undone.formerPort())
                .map(chain -> remember(chain.to(undone.formerPort()).kept()))
                .orElseGet(() -> forget(undone));
    }

    /**
     * Not written down: where a peer is, is no setting but what WireGuard itself writes anew with every packet that it
     * believes, and what is set here is what the owner's own configuration says. One that moved since is where it is.
     */
    private CompletableFuture<RepairOutcome> endpoint(
            Action.SetEndpoint set, DeviceChanger changer, BooleanSupplier wanted) {
        var key = WireGuardKey.parseBase64(set.key());
        return same(set.device(), changer).thenCompose(now -> {
            var peer = now.peers().stream()
                    .filter(one -> one.publicKey().equals(key))
                    .findFirst();
            if (peer.isEmpty()) {
                return failed(new NotDone(new RepairOutcome.Vanished()));
            }
            if (!peer.get().endpoint().equals(Optional.of(set.from()))) {
                return failed(NotDone.notWanted());
            }
            // The refresh that follows would else put back what was just read.
            recent = null;
            return ifWanted(wanted, () -> changer.endpoint(key, set.to())).thenApply(done -> new RepairOutcome.Done());
        });
    }

    private Optional<Entry> standing(Entry change) {
        return ledger.entries().stream().filter(change::sameChange).findFirst();
    }

    private static CompletableFuture<Void> undo(DeviceChanger changer, WireGuardDevice now, Entry entry) {
        return switch (entry) {
            case PortChanged changed -> {
                boolean ours = changed.newPort().isEmpty() || changed.newPort().getAsInt() == now.listenPort();
                yield ours ? back(changer, now, changed.formerPort()) : CompletableFuture.completedFuture(null);
            }
            case RebindInProgress rebind -> back(changer, now, rebind.port());
            // Says only that somebody must look after it.
            case Entry.IncidentOpen open -> CompletableFuture.completedFuture(null);
            // Its link's, which is another's to set.
            case Entry.MtuChanged mtu -> CompletableFuture.completedFuture(null);
            // No device's.
            case Entry.PermanentMapping mapping -> CompletableFuture.completedFuture(null);
            case Entry.KeepaliveTouched touched ->
                changer.keepalive(now, WireGuardKey.parseBase64(touched.peer()), touched.formerSeconds());
        };
    }

    private static CompletableFuture<Void> back(DeviceChanger changer, WireGuardDevice now, int port) {
        return now.listenPort() == port ? CompletableFuture.completedFuture(null) : changer.listenPort(port);
    }

    /** The device as it is now, provided that it still is the one the action is for. */
    private CompletableFuture<WireGuardDevice> same(DeviceFacts device, DeviceChanger changer) {
        return changer.read().thenCompose(now -> {
            recent = new Recent(device.name(), now, clock.monotonicNanos());
            return isFor(device, now)
                    ? CompletableFuture.completedFuture(now)
                    : failed(new NotDone(new RepairOutcome.Vanished()));
        });
    }

    private static boolean isOf(DeviceFacts device, Entry entry) {
        return entry.device().equals(device.name())
                && entry.interfaceIndex() == device.interfaceIndex()
                && entry.publicKey().equals(device.publicKey());
    }

    private static boolean isFor(DeviceFacts device, WireGuardDevice now) {
        return now.interfaceIndex() == device.interfaceIndex()
                && now.publicKey().map(WireGuardKey::base64).orElse("").equals(device.publicKey());
    }

    private CompletableFuture<Void> remember(Entry entry) {
        return ledger.remember(entry).toCompletableFuture();
    }

    private CompletableFuture<Void> forget(Entry entry) {
        return ledger.forget(entry).toCompletableFuture();
    }

    private PortChanged changed(DeviceFacts device, int formerPort) {
        return PortChanged.before(device.name(), device.interfaceIndex(), device.publicKey(), formerPort, nowMillis());
    }

    private long nowMillis() {
        return clock.realtimeNanos() / NANOS_PER_MILLI;
    }

    private CompletableFuture<DeviceChanger> changer(DeviceFacts device) {
        return switch (device.kind()) {
            case USERSPACE ->
                uapi.of(device.name())
                        .<CompletableFuture<DeviceChanger>>map(
                                client -> CompletableFuture.completedFuture(new UserspaceChanger(client, device)))
                        .orElseGet(() -> failed(new NotDone(new RepairOutcome.Vanished())));
            case KERNEL -> CompletableFuture.completedFuture(new KernelChanger(kernel, device));
            case OBSERVED -> failed(NotDone.refused("change " + device.name(), "EPERM", "it is only watched"));
        };
    }

    private static void conclude(
            CompletableFuture<? extends RepairOutcome> chain, DeviceFacts device, Consumer<RepairOutcome> then) {
        // A future keeps what its callback throws, and nobody asks this one: it is said here.
        var unused = chain.<RepairOutcome>handle(
                        (outcome, problem) -> problem == null ? outcome : outcome(device, cause(problem)))
                .thenAccept(then)
                .whenComplete((done, bug) -> {
                    if (bug != null) {
                        Logger.error(bug, "a repair of {} failed", device.name());
                    }
                });
    }

    private static RepairOutcome outcome(DeviceFacts device, Throwable problem) {
        return switch (problem) {
            case NotDone notDone -> notDone.outcome();
            case IOException ledger ->
                new RepairOutcome.Refused(
                        "write down a change of " + device.name(), "EIO", String.valueOf(ledger.getMessage()));
            default -> throw new IllegalStateException("a repair of " + device.name() + " failed", problem);
        };
    }

    private static Throwable cause(Throwable problem) {
        return problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
    }

    private static <T> CompletableFuture<T> failed(Throwable problem) {
        return CompletableFuture.failedFuture(problem);
    }
}
