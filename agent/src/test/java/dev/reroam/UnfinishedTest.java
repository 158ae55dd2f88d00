package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Entry.IncidentOpen;
import dev.reroam.ledger.Ledger;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.recovery.Action.UnderRepair;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.Interrupted;
import dev.reroam.recovery.Rung;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UnfinishedTest {

    private static final IncidentOpen LEFT =
            new IncidentOpen("wg0", 7, "key", List.of("a", "b"), List.of("REBIND", "A_RUNG_OF_ANOTHER_VERSION"), 1);

    private static final List<String> PEERS = List.of("a", "b", "c");

    private boolean diedSteering;
    private final VirtualLoop time = new VirtualLoop();
    private final SlowLedger ledger = new SlowLedger();
    private final List<Observation> told = new ArrayList<>();

    /** A ledger whose disk is done when the test says so. */
    private static final class SlowLedger implements Ledger {
        private final List<Entry> standing = new ArrayList<>();
        private final Queue<Runnable> disk = new ArrayDeque<>();
        private int writes;
        private boolean full;

        @Override
        public CompletionStage<Void> remember(List<? extends Entry> entries) {
            return write(() -> {
                standing.removeIf(old -> entries.stream().anyMatch(old::sameChange));
                standing.addAll(entries);
            });
        }

        @Override
        public CompletionStage<Void> forget(List<? extends Entry> entries) {
            return write(() -> standing.removeIf(old -> entries.stream().anyMatch(old::sameChange)));
        }

        private CompletionStage<Void> write(Runnable change) {
            writes++;
            var done = new CompletableFuture<Void>();
            boolean refused = full;
            disk.add(() -> {
                if (refused) {
                    done.completeExceptionally(new IOException("disk full"));
                } else {
                    change.run();
                    done.complete(null);
                }
            });
            return done;
        }

        @Override
        public List<Entry> entries() {
            return List.copyOf(standing);
        }

        void work() {
            for (var next = disk.poll(); next != null; next = disk.poll()) {
                next.run();
            }
        }
    }

    private Unfinished unfinished(IncidentOpen... left) {
        ledger.standing.addAll(List.of(left));
        return new Unfinished(time.loop(), time.clock(), ledger, List.of(left), diedSteering, told::add);
    }

    private static DeviceFacts device(int index) {
        return new DeviceFacts("wg0", index, DeviceKind.KERNEL, "key", 40_000, 0, PortUse.FREE);
    }

    private static UnderRepair repair(Rung tried, String... peers) {
        return new UnderRepair(device(7), List.of(peers), tried == Rung.REFRESH ? Set.of() : Set.of(tried));
    }

    private void pass(long millis) {
        time.jump(millis, TimeUnit.MILLISECONDS);
    }

    private List<String> peersWritten() {
        ledger.work();
        return ledger.standing.stream()
                .flatMap(entry -> ((IncidentOpen) entry).peers().stream())
                .toList();
    }

    /** Else the change, whose own entry is queued next, might be made first, and made again after a kill. */
    @Test
    void whatIsTriedIsQueuedAtOnceWhateverIsBeingWritten() {
        var unfinished = unfinished();
        unfinished.begin(repair(Rung.REFRESH, "a"));
        pass(5);
        assertEquals(1, ledger.writes);
        unfinished.begin(repair(Rung.NEW_PORT, "a"));
        assertEquals(2, ledger.writes);
        ledger.work();
        assertEquals(List.of("NEW_PORT"), ((IncidentOpen) ledger.standing.getFirst()).tried());
    }

    @Test
    void aRestartedDeviceIsStillTheOneUnderRepair() {
        var open = new IncidentOpen("wg0", 6, "key", List.of("a"), List.of("RESTART_OWNER"), 1);
        unfinished(open).onDevice(device(7), PEERS);
        assertEquals(List.of(new Interrupted("wg0", List.of("a"), Set.of(Rung.RESTART_OWNER))), told);
    }

    @Test
    void writesWhenTheRefreshIsOut() {
        unfinished().begin(repair(Rung.REFRESH, "a"));
        pass(4);
        assertEquals(0, ledger.writes);
        pass(1);
        assertEquals(List.of("a"), peersWritten());
    }

    @Test
    void writesAStormOnce() {
        var unfinished = unfinished();
        unfinished.begin(repair(Rung.REFRESH, "a"));
        pass(4);
        unfinished.begin(repair(Rung.REFRESH, "a", "b"));
        unfinished.begin(repair(Rung.REFRESH, "a", "b", "c"));
        pass(1);
        assertEquals(1, ledger.writes);
        // While the disk works, the last word waits; there is never more than one write under way.
        unfinished.begin(repair(Rung.REFRESH, "a", "b", "c", "d"));
        pass(5);
        unfinished.begin(repair(Rung.REFRESH, "a", "b", "c", "d", "e"));
        pass(5);
        assertEquals(1, ledger.writes);
        assertEquals(List.of("a", "b", "c", "d", "e"), peersWritten());
        assertEquals(2, ledger.writes);
    }

    @Test
    void writesARungAtOnce() {
        unfinished().begin(repair(Rung.REBIND, "a"));
        assertEquals(List.of("a"), peersWritten());
    }

    @Test
    void strikesOutWhatIsOver() {
        var unfinished = unfinished();
        unfinished.begin(repair(Rung.REFRESH, "a"));
        pass(5);
        assertEquals(List.of("a"), peersWritten());
        unfinished.over("wg0");
        pass(5);
        assertEquals(List.of(), peersWritten());
    }

    @Test
    void writesNothingAboutARepairThatWasOverBefore() {
        var unfinished = unfinished();
        unfinished.begin(repair(Rung.REFRESH, "a"));
        unfinished.over("wg0");
        pass(10);
        assertEquals(0, ledger.writes);
    }

    @Test
    void tellsTheBrainOnceWhatWasLeftOfTheSameDevice() {
        var unfinished = unfinished(LEFT);
        unfinished.onDevice(device(7), PEERS);
        unfinished.onDevice(device(7), PEERS);
        assertEquals(List.of(new Interrupted("wg0", List.of("a", "b"), Set.of(Rung.REBIND))), told);
        pass(10);
        assertEquals(List.of("a", "b"), peersWritten());
        unfinished.over("wg0");
        pass(5);
        assertEquals(List.of(), peersWritten());
    }

    @Test
    void whereTheAgentBeforeDiedSteeringEveryPeerMayBeElsewhere() {
        diedSteering = true;
        var unfinished = unfinished(LEFT);
        unfinished.onDevice(device(7), PEERS);
        unfinished.onDevice(device(7), PEERS);
        assertEquals(List.of(new Interrupted("wg0", PEERS, Set.of(Rung.REBIND))), told);
    }

    @Test
    void whereItDiedSteeringAndLeftNoWordAllTheSame() {
        diedSteering = true;
        var unfinished = unfinished(new IncidentOpen("wg9", 9, "key", List.of("a"), List.of(), 1));
        unfinished.onDevice(device(7), PEERS);
        unfinished.onDevice(device(7), List.of("a"));
        assertEquals(List.of(new Interrupted("wg0", PEERS, Set.of())), told);
        told.clear();
        unfinished.onDevice(new DeviceFacts("wg1", 8, DeviceKind.KERNEL, "key", 7, 0, PortUse.FREE), List.of());
        assertEquals(List.of(), told, "one without peers");
    }

    @Test
    void strikesOutWhatWasLeftOfAnotherDevice() {
        unfinished(LEFT).onDevice(device(8), PEERS);
        pass(5);
        assertEquals(List.of(), told);
        assertEquals(List.of(), peersWritten());
    }

    @Test
    void triesAgainWithTheNextWordWhereTheDiskWasFull() {
        var unfinished = unfinished();
        ledger.full = true;
        unfinished.begin(repair(Rung.REFRESH, "a"));
        pass(5);
        assertEquals(List.of(), peersWritten());
        assertEquals(1, ledger.writes);
        ledger.full = false;
        unfinished.begin(repair(Rung.REFRESH, "a", "b"));
        pass(5);
        assertEquals(List.of("a", "b"), peersWritten());
    }
}
