package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Ledger;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class DeviceMtusTest {

    private static final int INDEX = 7;

    /** Writes at once, or when it is told to. */
    private static final class MemoryLedger implements Ledger {
        final List<Entry> entries = new ArrayList<>();
        final List<Runnable> waiting = new ArrayList<>();
        boolean slow;

        @Override
        public CompletionStage<Void> remember(List<? extends Entry> more) {
            return later(() -> more.forEach(entry -> {
                var earlier = entries.stream().filter(entry::sameChange).findFirst();
                entries.removeIf(entry::sameChange);
                entries.add(earlier.map(entry::atop).orElse(entry));
            }));
        }

        @Override
        public CompletionStage<Void> forget(List<? extends Entry> gone) {
            return later(() -> gone.forEach(entry -> entries.removeIf(entry::sameChange)));
        }

        private CompletionStage<Void> later(Runnable write) {
            var done = new CompletableFuture<Void>();
            waiting.add(() -> {
                write.run();
                done.complete(null);
            });
            if (!slow) {
                flush();
            }
            return done;
        }

        void flush() {
            while (!waiting.isEmpty()) {
                waiting.removeFirst().run();
            }
        }

        @Override
        public List<Entry> entries() {
            return List.copyOf(entries);
        }
    }

    private final MemoryLedger ledger = new MemoryLedger();
    private final Map<Integer, Integer> links = new HashMap<>(Map.of(INDEX, 1420));
    private final List<RepairOutcome> outcomes = new ArrayList<>();
    private boolean refuses;
    private DeviceMtus mtus = made();

    private DeviceMtus made() {
        return new DeviceMtus(ledger, Clock.system(), new DeviceMtus.Links() {
            @Override
            public OptionalInt mtu(int index) {
                Integer mtu = links.get(index);
                return mtu == null ? OptionalInt.empty() : OptionalInt.of(mtu);
            }

            @Override
            public void set(int index, int mtu) throws NetlinkException {
                if (refuses) {
                    throw NetlinkException.interrupted("set MTU", 1);
                }
                links.put(index, mtu);
            }
        });
    }

    private static DeviceFacts device(int index, String key) {
        return new DeviceFacts("wg0", index, DeviceKind.KERNEL, key, 51820, 0, PortUse.FIXED);
    }

    private void set(int from, int to) {
        mtus.perform(new Action.SetMtu(1, device(INDEX, "key"), from, to, 1420), outcomes::add);
    }

    private void undo(DeviceFacts device) {
        mtus.undo(device, (Entry.MtuChanged) ledger.entries().getFirst(), outcomes::add);
    }

    @Test
    void isWrittenDownFirst() {
        ledger.slow = true;
        set(1420, 1392);
        assertEquals(1420, links.get(INDEX));
        ledger.flush();
        assertEquals(1392, links.get(INDEX));
        assertEquals(1, ledger.entries().size());
        assertInstanceOf(RepairOutcome.Done.class, outcomes.getFirst());
    }

    @Test
    void isStruckOutWhenItIsAsItWas() {
        set(1420, 1392);
        set(1392, 1340);
        set(1340, 1420);
        assertEquals(1420, links.get(INDEX));
        assertEquals(List.of(), ledger.entries());
    }

    @Test
    void whatSomebodyElseHasSetStaysAndIsNotOursToUndo() {
        set(1420, 1392);
        links.put(INDEX, 1300);
        set(1392, 1340);
        assertEquals(1300, links.get(INDEX));
        assertInstanceOf(RepairOutcome.NotNeeded.class, outcomes.getLast());
        assertEquals(List.of(), ledger.entries());
    }

    @Test
    void nothingIsLeftOfWhatWasRefused() {
        refuses = true;
        set(1420, 1392);
        assertInstanceOf(RepairOutcome.Refused.class, outcomes.getFirst());
        assertEquals(List.of(), ledger.entries());
        refuses = false;
        set(1420, 1392);
        refuses = true;
        set(1392, 1420);
        assertEquals(1, ledger.entries().size());
    }

    @Test
    void whoeverStopsChangesNothingMoreThoughTheDiskIsLate() {
        ledger.slow = true;
        set(1420, 1392);
        mtus.stop();
        ledger.flush();
        assertEquals(1420, links.get(INDEX));
        assertInstanceOf(RepairOutcome.NotWanted.class, outcomes.getFirst());
        set(1420, 1392);
        assertInstanceOf(RepairOutcome.NotWanted.class, outcomes.getLast());
    }

    @Test
    void isUndoneWhereverACrashCame() {
        for (int found : List.of(1392, 1340, 1420)) {
            ledger.entries.clear();
            links.put(INDEX, 1420);
            set(1420, 1392);
            set(1392, 1340);
            // Before the last change, after it, or after it was taken back and not struck out.
            links.put(INDEX, found);
            mtus = made();
            undo(device(INDEX, "key"));
            assertEquals(1420, links.get(INDEX), () -> "found " + found);
            assertEquals(List.of(), ledger.entries());
        }
    }

    @Test
    void isTheLinksWhateverItsKey() {
        set(1420, 1392);
        undo(device(INDEX, "another key"));
        assertEquals(1420, links.get(INDEX));
    }

    @Test
    void anotherLinkOfTheNameIsNotTouched() {
        set(1420, 1392);
        links.put(9, 1392);
        undo(device(9, "key"));
        assertEquals(1392, links.get(9));
        assertInstanceOf(RepairOutcome.Vanished.class, outcomes.getLast());
        assertEquals(List.of(), ledger.entries());
    }

    /** It was forgotten meanwhile that it is one of ours. */
    @Test
    void whatItWasFirstIsWhatTheLedgerSays() {
        set(1420, 1392);
        mtus.perform(new Action.SetMtu(2, device(INDEX, "key"), 1392, 1340, 1392), outcomes::add);
        mtus.perform(new Action.SetMtu(3, device(INDEX, "key"), 1340, 1392, 1392), outcomes::add);
        assertEquals(1, ledger.entries().size());
        undo(device(INDEX, "key"));
        assertEquals(1420, links.get(INDEX));
    }
}
