package dev.reroam;

import dev.reroam.ledger.Entry;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.tunnel.wireguard.act.WireGuardRepair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.tinylog.Logger;

/**
 * Takes back what a former run left behind, device by device as each is first read. Confined to the agent's loop.
 *
 * <p>What says only that tunnels were under repair is {@link Unfinished}'s.
 *
 * <p>A changed port that was proved stays while a tunnel of its device carries: taking it back would break what works.
 */
final class LedgerSweep {

    private final WireGuardRepair repair;
    private final Predicate<DeviceFacts> carries;
    private final List<Entry> left;
    // By device, until it is done or refused.
    private final Map<String, CompletableFuture<Void>> undoing = new HashMap<>();

    /**
     * @param left what the ledger held at the start, last change first
     * @param carries whether a tunnel of the device shows life
     */
    LedgerSweep(WireGuardRepair repair, List<Entry> left, Predicate<DeviceFacts> carries) {
        this.repair = repair;
        this.carries = carries;
        this.left = new ArrayList<>(left);
        this.left.removeIf(Entry.IncidentOpen.class::isInstance);
    }

    /**
     * A device was read.
     *
     * @return complete when all of it is taken back or refused
     */
    CompletableFuture<Void> onDevice(DeviceFacts device) {
        for (var entry : List.copyOf(left)) {
            if (entry.device().equals(device.name())) {
                left.remove(entry);
                if (entry instanceof Entry.PortChanged port && port.proved() && carries.test(device)) {
                    Logger.info("{} keeps port {}: it was proved, and carries", device.name(), device.listenPort());
                } else {
                    undoing.merge(device.name(), undo(device, entry), CompletableFuture::allOf);
                }
            }
        }
        return undoing.getOrDefault(device.name(), CompletableFuture.completedFuture(null));
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
                done.add(undo(device.facts(), entry));
            }
        }
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> undo(DeviceFacts device, Entry entry) {
        var done = new CompletableFuture<Void>();
        repair.undo(device, entry, outcome -> {
            tell(entry, outcome);
            done.complete(null);
        });
        return done;
    }

    private static void tell(Entry entry, RepairOutcome outcome) {
        switch (outcome) {
            case RepairOutcome.Done done -> Logger.info("took back what a former run left: {}", entry);
            case RepairOutcome.Vanished vanished -> Logger.info("nothing is left of {}", entry);
            case RepairOutcome.PortChanged changed -> Logger.info("took back {}", entry);
            case RepairOutcome.OnlyObserved observed -> {}
            case RepairOutcome.NotWanted not -> {}
            case RepairOutcome.Refused refused ->
                Logger.warn(
                        "cannot take back {}: {}: {} {}",
                        entry,
                        refused.operation(),
                        refused.errno(),
                        refused.message());
        }
    }
}
