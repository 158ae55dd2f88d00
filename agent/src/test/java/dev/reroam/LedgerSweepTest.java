package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Entry.IncidentOpen;
import dev.reroam.ledger.Entry.PortChanged;
import dev.reroam.ledger.Entry.RebindInProgress;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LedgerSweepTest {

    private static final long SECOND = 1_000_000_000;
    private static final RepairOutcome DONE = new RepairOutcome.Done();
    private static final RepairOutcome SILENT = new RepairOutcome.Refused("read wg0", "ETIMEDOUT", "");
    private static final DeviceFacts WG0 = device("wg0");
    private static final Entry PORT = port(false);
    private static final Entry REBIND = new RebindInProgress("wg0", 5, "key", 7, 0);

    private final List<Entry> undone = new ArrayList<>();
    private final Queue<RepairOutcome> outcomes = new ArrayDeque<>();
    // What waits for an answer while there is no outcome prepared.
    private final Queue<Consumer<RepairOutcome>> waiting = new ArrayDeque<>();
    private boolean carries;
    private long now = 1_000 * SECOND;

    private LedgerSweep sweep(Entry... found) {
        return new LedgerSweep(
                (device, entry, then) -> {
                    undone.add(entry);
                    if (outcomes.isEmpty()) {
                        waiting.add(then);
                    } else {
                        then.accept(outcomes.poll());
                    }
                },
                List.of(found),
                device -> carries,
                () -> now);
    }

    @Test
    void takesBackOnceWhatAFormerRunLeftOfADevice() {
        outcomes.add(DONE);
        outcomes.add(DONE);
        var sweep = sweep(PORT, REBIND, new IncidentOpen("wg0", 5, "key", List.of(), List.of(), 0));
        assertTrue(sweep.onDevice(device("wg1")).isDone());
        assertEquals(List.of(), undone);
        assertTrue(sweep.onDevice(WG0).isDone());
        later(60);
        sweep.onDevice(WG0);
        assertEquals(List.of(PORT, REBIND), undone);
    }

    @Test
    void isNotDoneBeforeTheAnswerIsThereAndAsksOnlyOnce() {
        var sweep = sweep(PORT);
        var first = sweep.onDevice(WG0);
        later(60);
        var second = sweep.onDevice(WG0);
        assertFalse(first.isDone());
        assertFalse(second.isDone());
        assertEquals(1, undone.size());
        waiting.remove().accept(DONE);
        assertTrue(first.isDone());
        assertTrue(second.isDone());
    }

    @Test
    void triesAgainWhatWasRefusedWhenTheDeviceIsReadLater() {
        outcomes.addAll(List.of(SILENT, SILENT, DONE));
        var sweep = sweep(PORT);
        assertTrue(sweep.onDevice(WG0).isDone(), "others need not wait for it");
        later(1);
        sweep.onDevice(WG0);
        assertEquals(1, undone.size(), "not with each reading");
        later(4);
        sweep.onDevice(WG0);
        assertEquals(2, undone.size());
        later(5);
        sweep.onDevice(WG0);
        later(60);
        sweep.onDevice(WG0);
        assertEquals(List.of(PORT, PORT, PORT), undone);
    }

    @Test
    void leavesAPortThatWasProvedAndCarries() {
        carries = true;
        var sweep = sweep(port(true));
        sweep.onDevice(WG0);
        carries = false;
        sweep.onDevice(WG0);
        assertEquals(List.of(), undone);
    }

    @Test
    void bringsADeviceHomeWhoseRebindDidNotFindItsWayBack() {
        var sweep = sweep();
        var rebind = new Action.Rebind(1, WG0);
        sweep.onRepair(rebind);
        sweep.onOutcome(rebind, new RepairOutcome.Refused("set", "EADDRINUSE", ""), List.of(PORT, REBIND));
        outcomes.addAll(List.of(SILENT, DONE));
        carries = true;
        sweep.onDevice(WG0);
        later(5);
        sweep.onDevice(WG0);
        later(5);
        sweep.onDevice(WG0);
        assertEquals(List.of(REBIND, REBIND), undone);
    }

    @Test
    void takesNoPortOfThisRunFromWhatCarries() {
        var sweep = sweep();
        var restore = new Action.RestorePort(1, WG0, 7);
        sweep.onOutcome(restore, SILENT, List.of(PORT));
        carries = true;
        sweep.onDevice(WG0);
        assertEquals(List.of(), undone);
        carries = false;
        sweep.onDevice(WG0);
        assertEquals(List.of(PORT), undone);
    }

    @Test
    void leavesAPortToTheRepairThatDecidesAboutItAnew() {
        var sweep = sweep(PORT);
        var newPort = new Action.NewPort(2, WG0);
        sweep.onRepair(newPort);
        sweep.onDevice(WG0);
        assertEquals(List.of(), undone);
        sweep.onOutcome(newPort, new RepairOutcome.NotWanted(), List.of(PORT));
        sweep.onDevice(WG0);
        assertEquals(List.of(PORT), undone);
    }

    @Test
    void owesNothingForWhatWasDoneOrStruckOut() {
        var sweep = sweep();
        sweep.onOutcome(new Action.Rebind(1, WG0), DONE, List.of(REBIND));
        sweep.onOutcome(new Action.Rebind(2, WG0), SILENT, List.of());
        sweep.onOutcome(new Action.Refresh(3, WG0, List.of()), SILENT, List.of(REBIND, PORT));
        sweep.onOutcome(new Action.Rebind(4, device("wg1")), SILENT, List.of(REBIND));
        sweep.onDevice(WG0);
        assertEquals(List.of(), undone);
    }

    private void later(long seconds) {
        now += seconds * SECOND;
    }

    private static PortChanged port(boolean proved) {
        return new PortChanged("wg0", 5, "key", 7, OptionalInt.of(40_001), proved, 0);
    }

    private static DeviceFacts device(String name) {
        return new DeviceFacts(name, 5, DeviceKind.USERSPACE, "key", 40_001, 0, PortUse.FREE);
    }
}
