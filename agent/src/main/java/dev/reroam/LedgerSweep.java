package dev.reroam;

import dev.reroam.ledger.Entry;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.RecoveryState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.tinylog.Logger;

/**
 * Takes back what a former run left behind, device by device as each is first read, and what a refused repair of this run left
 * half done. What cannot be taken back now is tried again when the device is read later. Confined to the agent's loop.
 *
 * <p>What says only that tunnels were under repair is {@link Unfinished}'s.
 *
 * <p>A changed port that was proved stays while a tunnel of its device carries: taking it back would break what works.
 */
final class LedgerSweep {

    /** Ours: during an incident a device is read each second, and a refusal seldom passes so fast. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Undo undo;
    private final Predicate<DeviceFacts> carries;
    private final LongSupplier now;
    private final List<Owed> left = new ArrayList<>();
    // By device, until it is done or refused.
    private final Map<String, CompletableFuture<Void>> undoing = new HashMap<>();

    /** Takes one change of a device back and strikes it out. */
    interface Undo {
        void undo(DeviceFacts device, Entry entry, Consumer<RepairOutcome> then);
    }

    /** A change that is to be taken back. */
    private static final class Owed {
        private final Entry entry;
        private final boolean ofThisRun;
        private boolean underWay;
        private long notBefore = Long.MIN_VALUE;
        private String refusal = "";

        Owed(Entry entry, boolean ofThisRun) {
            this.entry = entry;
            this.ofThisRun = ofThisRun;
        }

        private boolean isPort() {
            return entry instanceof Entry.PortChanged;
        }

        private boolean isProved() {
            return entry instanceof Entry.PortChanged port && port.proved();
        }
    }

    /**
     * @param found what the ledger held at the start, last change first
     * @param carries whether a tunnel of the device shows life
     * @param now monotonic nanoseconds
     */
    LedgerSweep(Undo undo, List<Entry> found, Predicate<DeviceFacts> carries, LongSupplier now) {
        this.undo = undo;
        this.carries = carries;
        this.now = now;
        for (var entry : found) {
            if (!(entry instanceof Entry.IncidentOpen)) {
                left.add(new Owed(entry, false));
            }
        }
    }

    /**
     * A device was read.
     *
     * @return complete when all of it is taken back or refused
     */
    CompletableFuture<Void> onDevice(DeviceFacts device) {
        for (var owed : List.copyOf(left)) {
            if (!owed.entry.device().equals(device.name()) || owed.underWay || now.getAsLong() < owed.notBefore) {
                continue;
            }
            if (owed.isProved() && carries.test(device)) {
                left.remove(owed);
                Logger.info("{} keeps port {}: it was proved, and carries", device.name(), device.listenPort());
            } else if (!(owed.ofThisRun && owed.isPort() && carries.test(device))) {
                undoing.merge(device.name(), undo(device, owed), CompletableFuture::allOf);
            }
        }
        return undoing.getOrDefault(device.name(), CompletableFuture.completedFuture(null));
    }

    /** A repair of this run begins: a port that it decides about anew is not ours to take back. */
    void onRepair(Action.Setting repair) {
        if (repair instanceof Action.NewPort || repair instanceof Action.RestorePort) {
            left.removeIf(owed ->
                    owed.isPort() && owed.entry.device().equals(repair.device().name()));
        }
    }

    /**
     * A repair of this run ended. Where it was not made as it should be, what then stands written down is to be taken back.
     *
     * @param standing what the ledger holds
     */
    void onOutcome(Action.Setting repair, RepairOutcome outcome, List<Entry> standing) {
        if (!(outcome instanceof RepairOutcome.Refused) && !(outcome instanceof RepairOutcome.NotWanted)) {
            return;
        }
        for (var entry : standing) {
            boolean half = switch (repair) {
                case Action.Rebind rebind -> entry instanceof Entry.RebindInProgress;
                case Action.NewPort newPort -> entry instanceof Entry.PortChanged port && !port.proved();
                case Action.RestorePort restore -> entry instanceof Entry.PortChanged port && !port.proved();
                case Action.Refresh refresh -> false;
                case Action.KeepPort keep -> false;
                case Action.SetEndpoint set -> false;
            };
            if (half
                    && entry.device().equals(repair.device().name())
                    && left.stream().noneMatch(owed -> owed.entry.sameChange(entry))) {
                left.add(new Owed(entry, true));
            }
        }
    }

    /**
     * The agent stops: a port that is not proved goes back, the others stay in the ledger for the next start to judge.
     *
     * @return complete when all is done or refused
     */
    CompletableFuture<Void> onStop(List<Entry> entries, RecoveryState state) {
        var done = new ArrayList<CompletableFuture<Void>>();
        for (var entry : entries) {
            var device = state.devices().get(entry.device());
            if (device != null
                    && !(entry instanceof Entry.IncidentOpen)
                    && !(entry instanceof Entry.PortChanged port && port.proved())) {
                done.add(undo(device.facts(), new Owed(entry, true)));
            }
        }
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> undo(DeviceFacts device, Owed owed) {
        var done = new CompletableFuture<Void>();
        owed.underWay = true;
        undo.undo(device, owed.entry, outcome -> {
            owed.underWay = false;
            onUndone(owed, outcome);
            done.complete(null);
        });
        return done;
    }

    private void onUndone(Owed owed, RepairOutcome outcome) {
        switch (outcome) {
            case RepairOutcome.Done done -> {
                left.remove(owed);
                Logger.info("took back {}", owed.entry);
            }
            case RepairOutcome.PortChanged changed -> {
                left.remove(owed);
                Logger.info("took back {}", owed.entry);
            }
            case RepairOutcome.Vanished vanished -> {
                left.remove(owed);
                Logger.info("nothing is left of {}", owed.entry);
            }
            case RepairOutcome.NotWanted not -> again(owed);
            case RepairOutcome.NotNeeded needless -> again(owed);
            case RepairOutcome.OnlyObserved observed -> again(owed);
            case RepairOutcome.Refused refused -> {
                again(owed);
                String why = refused.operation() + ": " + refused.errno() + " " + refused.message();
                if (!why.equals(owed.refusal)) {
                    owed.refusal = why;
                    Logger.warn("cannot take back {} yet: {}", owed.entry, why);
                }
            }
        }
    }

    private void again(Owed owed) {
        owed.notBefore = now.getAsLong() + AGAIN_NANOS;
    }
}
