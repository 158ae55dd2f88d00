package dev.reroam.tests.simulation;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Entry.PortChanged;
import dev.reroam.ledger.Entry.RebindInProgress;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tests.simulation.world.Box;
import dev.reroam.tests.simulation.world.Chance;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.WgDevice;
import dev.reroam.tests.simulation.world.WgPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Performs repairs on the model as {@code WireGuardRepair} does on a device: in the same order, each part taking its time, so
 * that a crash may come between any two. One life's.
 */
final class Hands {

    /**
     * What ACT meets with.
     *
     * @param refused of a thousand repairs
     * @param slow of a thousand, which take seconds
     * @param diskFull of a thousand, of those that must be written down
     * @param twice every repair that sets something is made twice over
     */
    record Luck(int refused, int slow, int diskFull, boolean twice) {}

    private static final int A_KEEPALIVE = 25;

    private final Life life;
    private final Box box;
    private final ModelLedger ledger;
    private final Luck luck;
    private final Chance chance;
    // Of its own, so that what is drawn else does not depend on it.
    private final Chance telling;
    private final Consumer<String> unequal;
    private final List<Runnable> unwritten = new ArrayList<>();

    /** @param unequal is told where making a repair twice is not the same as making it once */
    Hands(Life life, Box box, ModelLedger ledger, Luck luck, Chance chance, Consumer<String> unequal) {
        this.life = life;
        this.box = box;
        this.ledger = ledger;
        this.luck = luck;
        this.chance = chance;
        telling = chance.fork("telling");
        this.unequal = unequal;
    }

    /** @param wanted asked just before a socket changes */
    void perform(Action.Setting repair, BooleanSupplier wanted, Consumer<RepairOutcome> then) {
        boolean slow = chance.permille(luck.slow());
        Runnable begin = () -> begin(repair, wanted, then);
        if (slow) {
            life.in(chance.between(VirtualTime.SECOND / 10, 3 * VirtualTime.SECOND), begin);
        } else if (repair.device().kind() == DeviceFacts.DeviceKind.KERNEL) {
            // The kernel answers within the call: what follows in the same step finds it done.
            begin.run();
        } else {
            life.in(chance.between(100 * VirtualTime.MICRO, 3 * VirtualTime.MILLI), begin);
        }
    }

    private void begin(Action.Setting repair, BooleanSupplier wanted, Consumer<RepairOutcome> then) {
        WgDevice device = same(repair.device()).orElse(null);
        if (device == null) {
            then.accept(new RepairOutcome.Vanished());
        } else if (chance.permille(luck.refused())) {
            then.accept(new RepairOutcome.Refused("change " + device.name(), "EPERM", "the model says so"));
        } else {
            perform(repair, device, wanted, then);
        }
    }

    private void perform(Action.Setting repair, WgDevice device, BooleanSupplier wanted, Consumer<RepairOutcome> then) {
        switch (repair) {
            case Action.Refresh refresh -> {
                RepairOutcome outcome = refresh(device, refresh, true);
                // What is set is set twice. Sent is once: packets that no real one sends are no fault of the reckoning.
                again(repair, device, () -> refresh(device, refresh, false));
                told(device, () -> then.accept(outcome));
            }
            case Action.Rebind rebind -> rebind(rebind.device(), device, wanted, then);
            case Action.NewPort newPort -> newPort(newPort.device(), device, wanted, then);
            case Action.RestorePort restore -> {
                restore(device, restore);
                again(repair, device, () -> restore(device, restore));
                then.accept(new RepairOutcome.Done());
            }
            case Action.SetEndpoint set -> throw new IllegalStateException("no peer of the model has a name: " + set);
            case Action.KeepPort keep -> {
                keep(keep);
                again(repair, device, () -> keep(keep));
                then.accept(new RepairOutcome.Done());
            }
        }
    }

    /** A daemon's word comes when its packet may have been answered; the kernel's with the call. */
    private void told(WgDevice device, Runnable tell) {
        if (device.kernel()) {
            tell.run();
        } else {
            life.in(telling.between(20 * VirtualTime.MICRO, 3 * VirtualTime.MILLI), tell);
        }
    }

    /** facts P4: what is done twice is as if it were done once. */
    private void again(Action.Setting repair, WgDevice device, Runnable perform) {
        if (luck.twice()) {
            List<String> once = settings(device);
            perform.run();
            if (!settings(device).equals(once)) {
                unequal.accept(repair + ": " + once + " became " + settings(device));
            }
        }
    }

    private List<String> settings(WgDevice device) {
        var settings = new ArrayList<String>();
        settings.add("port " + device.port());
        device.peers().forEach(peer -> settings.add(peer.key() + " " + peer.endpoint() + " " + peer.keepalive()));
        ledger.entries().forEach(entry -> settings.add(entry.toString()));
        return settings;
    }

    private static RepairOutcome refresh(WgDevice device, Action.Refresh refresh, boolean sends) {
        var there = new ArrayList<WgPeer>();
        for (Action.PeerRefresh peer : refresh.peers()) {
            Optional.ofNullable(device.peer(peer.key())).ifPresent(there::add);
        }
        if (there.isEmpty() && !refresh.peers().isEmpty()) {
            return new RepairOutcome.Vanished();
        }
        device.sameMark();
        for (WgPeer peer : there) {
            // Not what the brain last heard of: somebody may have set it since.
            int seconds = peer.keepalive();
            peer.clearSource();
            if (sends) {
                peer.keepalive(0);
                peer.keepalive(seconds == 0 ? A_KEEPALIVE : seconds);
            }
            peer.keepalive(seconds);
        }
        return new RepairOutcome.Done();
    }

    private void rebind(DeviceFacts facts, WgDevice device, BooleanSupplier wanted, Consumer<RepairOutcome> then) {
        int port = ledger.entries().stream()
                .filter(entry -> entry instanceof RebindInProgress && isOf(facts, entry))
                .map(entry -> ((RebindInProgress) entry).port())
                .findFirst()
                .orElse(device.port());
        if (!device.kernel()) {
            if (wanted.getAsBoolean()) {
                device.listen(port);
                then.accept(new RepairOutcome.Done());
            } else {
                then.accept(new RepairOutcome.NotWanted());
            }
            return;
        }
        var entry = new RebindInProgress(facts.name(), facts.interfaceIndex(), facts.publicKey(), port, 0);
        writtenDown(entry, wanted, then, () -> {
            device.listen(0);
            life.in(chance.between(10, 500) * VirtualTime.MICRO, () -> {
                device.listen(port);
                life.in(disk(), () -> {
                    ledger.forget(entry);
                    then.accept(new RepairOutcome.Done());
                });
            });
        });
    }

    private void newPort(DeviceFacts facts, WgDevice device, BooleanSupplier wanted, Consumer<RepairOutcome> then) {
        PortChanged entry = changed(facts, device.port());
        writtenDown(entry, wanted, then, () -> {
            device.listen(0);
            life.in(chance.between(10, 500) * VirtualTime.MICRO, () -> {
                int port = device.port();
                Runnable write = () -> ledger.remember(entry.to(port));
                unwritten.add(write);
                life.in(disk(), () -> {
                    if (unwritten.remove(write)) {
                        write.run();
                    }
                });
                then.accept(new RepairOutcome.PortChanged(port));
            });
        });
    }

    /** Writes first, then asks whether it is still wanted; one that is not made is struck out again. */
    private void writtenDown(Entry entry, BooleanSupplier wanted, Consumer<RepairOutcome> then, Runnable change) {
        if (chance.permille(luck.diskFull())) {
            then.accept(new RepairOutcome.Refused("write down a change of " + entry.device(), "EIO", "disk full"));
            return;
        }
        Optional<Entry> before =
                ledger.entries().stream().filter(entry::sameChange).findFirst();
        life.in(disk(), () -> {
            writeFirst();
            ledger.remember(entry);
            if (wanted.getAsBoolean()) {
                change.run();
                return;
            }
            life.in(disk(), () -> {
                before.ifPresentOrElse(ledger::remember, () -> ledger.forget(entry));
                then.accept(new RepairOutcome.NotWanted());
            });
        });
    }

    /** The disk writes in the order in which it was asked to. */
    private void writeFirst() {
        unwritten.forEach(Runnable::run);
        unwritten.clear();
    }

    private void restore(WgDevice device, Action.RestorePort restore) {
        writeFirst();
        if (device.port() != restore.port()) {
            device.listen(restore.port());
        }
        PortChanged undone = changed(restore.device(), restore.port());
        ledger.entries().stream()
                .filter(undone::sameChange)
                .map(PortChanged.class::cast)
                .filter(chain -> chain.formerPort() != undone.formerPort())
                .findFirst()
                .ifPresentOrElse(
                        chain -> ledger.remember(chain.to(undone.formerPort()).kept()), () -> ledger.forget(undone));
    }

    private void keep(Action.KeepPort keep) {
        writeFirst();
        ledger.remember(changed(keep.device(), keep.formerPort())
                .to(keep.device().listenPort())
                .kept());
    }

    /** Takes back what stands written down, and strikes it out; true where that is done. */
    boolean undo(DeviceFacts facts, Entry entry) {
        writeFirst();
        WgDevice device = same(facts).orElse(null);
        if (device == null || !isOf(facts, entry)) {
            ledger.forget(entry);
            return true;
        }
        if (chance.permille(luck.refused())) {
            return false;
        }
        switch (entry) {
            case PortChanged changed -> {
                if (changed.newPort().isEmpty() || changed.newPort().getAsInt() == device.port()) {
                    back(device, changed.formerPort());
                }
            }
            case RebindInProgress rebind -> back(device, rebind.port());
            case Entry.KeepaliveTouched touched ->
                Optional.ofNullable(device.peer(touched.peer()))
                        .ifPresent(peer -> peer.keepalive(touched.formerSeconds()));
            case Entry.IncidentOpen open -> {}
            case Entry.MtuChanged mtu -> {}
            case Entry.PermanentMapping mapping -> {}
        }
        ledger.forget(entry);
        return true;
    }

    private static void back(WgDevice device, int port) {
        if (device.port() != port) {
            device.listen(port);
        }
    }

    private long disk() {
        return chance.between(1, 15) * VirtualTime.MILLI;
    }

    private Optional<WgDevice> same(DeviceFacts facts) {
        return Optional.ofNullable(box.device(facts.name()))
                .filter(device -> device.up() && device.index() == facts.interfaceIndex());
    }

    private static boolean isOf(DeviceFacts device, Entry entry) {
        return entry.device().equals(device.name())
                && entry.interfaceIndex() == device.interfaceIndex()
                && entry.publicKey().equals(device.publicKey());
    }

    private static PortChanged changed(DeviceFacts device, int formerPort) {
        return PortChanged.before(device.name(), device.interfaceIndex(), device.publicKey(), formerPort, 0);
    }
}
