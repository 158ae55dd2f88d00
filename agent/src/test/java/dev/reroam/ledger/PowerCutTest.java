package dev.reroam.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.ledger.Entry.KeepaliveTouched;
import dev.reroam.ledger.Entry.PortChanged;
import dev.reroam.ledger.Entry.RebindInProgress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The power goes, or the process is killed, after every single byte of every write. */
class PowerCutTest {

    private static final long SEED = Long.getLong("seed", 20260701);

    private final Lanes lanes = new Lanes();

    private LedgerFile.Opened open(FakeDisk disk) {
        return LedgerOpening.open(disk, "boot-1", lanes.slowLane(), lanes.loop());
    }

    @Test
    void whatWasAcknowledgedIsThereAndWhatWasNotMayBe() {
        var random = new Random(SEED);
        var disk = new FakeDisk();
        var ledger = open(disk).ledger();
        for (int round = 0; round < 25; round++) {
            byte[] before = disk.content.orElseThrow();
            Set<Entry> standing = new HashSet<>(ledger.entries());
            List<Entry> changes = changes(random);
            boolean remember = random.nextInt(3) > 0;
            var stage = remember ? ledger.remember(changes) : ledger.forget(changes);
            lanes.run();
            stage.toCompletableFuture().join();
            Set<Entry> after = new HashSet<>(ledger.entries());
            byte[] written = disk.content.orElseThrow();
            for (int cut = before.length; cut <= written.length; cut++) {
                var opened = open(FakeDisk.holding(Arrays.copyOf(written, cut)));
                String where = "seed " + SEED + " round " + round + " cut " + cut;
                assertBetween(standing, after, new HashSet<>(opened.toUndo()), where);
                assertTrue(
                        opened.findings().stream().allMatch(Finding.TornTail.class::isInstance),
                        where + opened.findings());
            }
            assertEquals(after, new HashSet<>(open(FakeDisk.holding(written)).toUndo()), "seed " + SEED);
        }
    }

    @Test
    void aLedgerCutAnywhereGoesOnWithoutLosingWhatItReads() {
        var disk = new FakeDisk();
        var ledger = open(disk).ledger();
        ledger.remember(List.of(LedgerTest.BEFORE, LedgerTest.REBIND));
        lanes.run();
        byte[] whole = disk.content.orElseThrow();
        for (int cut = 0; cut <= whole.length; cut++) {
            var cutDisk = FakeDisk.holding(Arrays.copyOf(whole, cut));
            var opened = open(cutDisk);
            var expected = new ArrayList<>(opened.toUndo().reversed());
            opened.ledger().remember(LedgerTest.KEEPALIVE);
            lanes.run();
            expected.add(LedgerTest.KEEPALIVE);
            var again = open(cutDisk);
            assertEquals(expected.reversed(), again.toUndo(), "cut " + cut);
            assertEquals(List.of(), again.findings(), "cut " + cut);
        }
    }

    /** Each change stands as it did before or as it does after, none is lost and none invented. */
    private static void assertBetween(Set<Entry> before, Set<Entry> after, Set<Entry> found, String where) {
        for (Entry entry : found) {
            assertTrue(before.contains(entry) || after.contains(entry), where + ": invented " + entry);
        }
        for (Entry entry : before) {
            assertTrue(!after.contains(entry) || found.contains(entry), where + ": lost " + entry);
        }
    }

    private static List<Entry> changes(Random random) {
        var changes = new ArrayList<Entry>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            Entry change = change(random);
            if (changes.stream().noneMatch(change::sameChange)) {
                changes.add(change);
            }
        }
        return changes;
    }

    private static Entry change(Random random) {
        String device = "wg" + random.nextInt(2);
        return switch (random.nextInt(3)) {
            case 0 -> PortChanged.before(device, 7, LedgerTest.KEY, 51820, 0).to(40000 + random.nextInt(5));
            case 1 -> new RebindInProgress(device, 7, LedgerTest.KEY, 51820 + random.nextInt(2), 0);
            default -> new KeepaliveTouched(device, 7, LedgerTest.KEY, "peer" + random.nextInt(3), 25, 0);
        };
    }
}
