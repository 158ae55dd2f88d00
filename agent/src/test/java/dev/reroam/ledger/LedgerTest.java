package dev.reroam.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.ledger.Entry.KeepaliveTouched;
import dev.reroam.ledger.Entry.PortChanged;
import dev.reroam.ledger.Entry.RebindInProgress;
import dev.reroam.linux.ip.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LedgerTest {

    static final String KEY = "mDYBT1GZX6qLQgUbtGcJjxTFwpbRoLZI0+zWYzJkuFs=";
    static final String PEER = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
    static final PortChanged BEFORE = PortChanged.before("wg0", 7, KEY, 51820, 1000);
    static final RebindInProgress REBIND = new RebindInProgress("wg0", 7, KEY, 51820, 2000);
    static final KeepaliveTouched KEEPALIVE = new KeepaliveTouched("wg0", 7, KEY, PEER, 25, 3000);

    private final Lanes lanes = new Lanes();
    private final FakeDisk disk = new FakeDisk();
    private Ledger ledger = open().ledger();

    private LedgerFile.Opened open() {
        return LedgerOpening.open(disk, "boot-1", lanes.slowLane(), lanes.loop());
    }

    private LedgerFile.Opened openAfterReboot() {
        return LedgerOpening.open(disk, "boot-2", lanes.slowLane(), lanes.loop());
    }

    private void done(CompletionStage<Void> stage) {
        lanes.run();
        stage.toCompletableFuture().join();
    }

    private LedgerException refused(CompletionStage<Void> stage) {
        lanes.run();
        var wrapped = assertThrows(
                CompletionException.class, () -> stage.toCompletableFuture().join());
        return assertInstanceOf(LedgerException.class, wrapped.getCause());
    }

    @Test
    void completesOnTheLoopAndOnlyOnceItIsOnTheDisk() {
        var stage = ledger.remember(BEFORE).toCompletableFuture();
        assertEquals(0, disk.appends);
        lanes.slow.remove().run();
        assertEquals(1, disk.appends);
        assertFalse(stage.isDone());
        lanes.loop.remove().run();
        assertTrue(stage.isDone());
        assertEquals(List.of(BEFORE), ledger.entries());
    }

    @Test
    void theNextRunUndoesTheLastChangeFirst() {
        done(ledger.remember(BEFORE));
        done(ledger.remember(List.of(KEEPALIVE, REBIND)));
        done(ledger.forget(KEEPALIVE));
        assertEquals(List.of(REBIND, BEFORE), open().toUndo());
    }

    @Test
    void aChainOfNewPortsLeadsBackToTheFirst() {
        done(ledger.remember(BEFORE));
        done(ledger.remember(BEFORE.to(40000)));
        var second = PortChanged.before("wg0", 7, KEY, 40000, 5000);
        done(ledger.remember(second));
        done(ledger.remember(second.to(40001)));
        done(ledger.remember(second.to(40001).kept()));
        assertEquals(List.of(BEFORE.to(40001).kept()), open().toUndo());
    }

    @Test
    void aPortThatSomebodyElseSetMeanwhileIsTheOneToGoBackTo() {
        done(ledger.remember(BEFORE.to(40000)));
        var second = PortChanged.before("wg0", 7, KEY, 12345, 5000);
        done(ledger.remember(second));
        assertEquals(List.of(second), open().toUndo());
    }

    @Test
    void theFirstKeepaliveIsTheOneToGoBackTo() {
        done(ledger.remember(KEEPALIVE));
        done(ledger.remember(new KeepaliveTouched("wg0", 7, KEY, PEER, 0, 4000)));
        assertEquals(List.of(KEEPALIVE), open().toUndo());
    }

    @Test
    void anotherDeviceUnderTheSameNameIsAnotherChange() {
        done(ledger.remember(BEFORE));
        done(ledger.forget(PortChanged.before("wg0", 8, KEY, 51820, 1000)));
        done(ledger.forget(PortChanged.before("wg0", 7, PEER, 51820, 1000)));
        assertEquals(List.of(BEFORE), ledger.entries());
    }

    @Test
    void whatSaysNothingNewIsNotWritten() {
        done(ledger.remember(BEFORE));
        done(ledger.remember(BEFORE));
        done(ledger.forget(REBIND));
        assertEquals(1, disk.appends);
    }

    @Test
    void aRebootHasNotUndoneWhatTheGatewayKeeps() {
        var mapping = new Entry.PermanentMapping(
                IpAddress.parse("192.0.2.1"), IpAddress.parse("192.0.2.7"), false, 51820, 40000, 1);
        done(ledger.remember(List.of(BEFORE, mapping)));
        assertEquals(List.of(mapping), openAfterReboot().toUndo());
    }

    /** A router takes the year for 1970 until it has asked a time server: what it notes then is found again later. */
    @Test
    void aClockAt1970ChangesNothing() {
        var gateway = IpAddress.parse("192.0.2.1");
        var local = IpAddress.parse("192.0.2.7");
        var early = new Entry.PermanentMapping(gateway, local, false, 51820, 40000, 0);
        done(ledger.remember(List.of(PortChanged.before("wg0", 7, KEY, 51820, 0), early)));
        assertEquals(2, open().toUndo().size());
        done(ledger.forget(new Entry.PermanentMapping(gateway, local, false, 51820, 40000, 1_795_885_616_939L)));
        done(ledger.forget(PortChanged.before("wg0", 7, KEY, 51820, 1_795_885_616_939L)));
        assertEquals(List.of(), open().toUndo());
    }

    @Test
    void aRebootHasUndoneEverything() {
        done(ledger.remember(List.of(BEFORE, REBIND)));
        var opened = openAfterReboot();
        assertEquals(List.of(), opened.toUndo());
        assertEquals(List.of(new Finding.FormerBoot(2)), opened.findings());
        assertEquals(0, disk.content.orElseThrow().length);
    }

    @Test
    void aFullDiskRefusesTheChangeAndTheNextOneTriesAgain() {
        done(ledger.remember(BEFORE));
        disk.room = 40;
        var refusal = refused(ledger.remember(REBIND));
        assertEquals("/state/ledger: cannot be written: No space left on device", refusal.getMessage());
        assertEquals(List.of(BEFORE), ledger.entries());
        refused(ledger.forget(BEFORE));
        disk.room = Integer.MAX_VALUE;
        done(ledger.remember(KEEPALIVE));
        assertEquals(List.of(BEFORE, KEEPALIVE), ledger.entries());
        var opened = open();
        assertEquals(List.of(KEEPALIVE, BEFORE), opened.toUndo());
        assertEquals(List.of(), opened.findings());
    }

    @Test
    void aFullSlowLaneRefusesTheChange() {
        lanes.full = true;
        assertTrue(refused(ledger.remember(BEFORE)).getMessage().contains("slow lane is full"));
        assertEquals(List.of(), ledger.entries());
    }

    @Test
    void aDiskThatIsFullAtTheStartIsSaidAndEveryChangeRefused() {
        var full = new FakeDisk();
        full.room = 0;
        var opened = LedgerOpening.open(full, "boot-1", lanes.slowLane(), lanes.loop());
        assertInstanceOf(Finding.NotWritable.class, opened.findings().getFirst());
        refused(opened.ledger().remember(BEFORE));
    }

    @Test
    void aFileThatCannotBeReadIsNeverWrittenOver() {
        done(ledger.remember(BEFORE));
        byte[] content = disk.content.orElseThrow();
        disk.unreadable = true;
        var opened = open();
        assertInstanceOf(Finding.Unreadable.class, opened.findings().getFirst());
        refused(opened.ledger().remember(REBIND));
        assertArrayEquals(content, disk.content.orElseThrow());
    }

    @Test
    void aDamagedLineIsNamedTheOthersAreUsedAndTheFileIsKept() {
        done(ledger.remember(BEFORE));
        done(ledger.remember(REBIND));
        done(ledger.remember(KEEPALIVE));
        byte[] content = disk.content.orElseThrow();
        int second = new String(content, StandardCharsets.UTF_8).indexOf('\n') + 1;
        content[second + 30] ^= 1;
        byte[] found = content.clone();
        var opened = open();
        assertEquals(List.of(KEEPALIVE, BEFORE), opened.toUndo());
        var damaged = assertInstanceOf(Finding.Damaged.class, opened.findings().getFirst());
        assertEquals(2, damaged.line());
        assertTrue(
                damaged.toString().startsWith("/state/ledger:2: cannot be read (wrong checksum)"), damaged.toString());
        assertArrayEquals(found, disk.kept.get(damaged.kept().getFileName().toString()));
        assertEquals(List.of(), open().findings());
    }

    @Test
    void aDamagedFileStaysInItsPlaceUntilItsCopyIsWritten() {
        done(ledger.remember(BEFORE));
        done(ledger.remember(REBIND));
        disk.content.orElseThrow()[20] ^= 1;
        byte[] found = disk.content.orElseThrow().clone();
        disk.room = 0;
        var opened = open();
        assertArrayEquals(found, disk.content.orElseThrow());
        assertEquals(List.of(REBIND), opened.toUndo());
        disk.room = Integer.MAX_VALUE;
        done(opened.ledger().forget(REBIND));
        assertArrayEquals(found, disk.kept.values().iterator().next());
        assertEquals(List.of(), open().toUndo());
    }

    @Test
    void aThousandRebindsDoesNotGrowTheFile() {
        for (int i = 0; i < 1000; i++) {
            done(ledger.remember(REBIND));
            done(ledger.forget(REBIND));
        }
        assertTrue(disk.largest <= 64 << 10, "largest " + disk.largest);
        assertTrue(disk.replaces < 20, "rewritten " + disk.replaces);
    }

    @Test
    void changesThatAreNeverUndoneAreRefusedAtOneMebibyte() {
        for (int i = 0; i < 10; i++) {
            done(ledger.remember(new KeepaliveTouched("wg0", 7, KEY, "p".repeat(100_000) + i, 25, 0)));
        }
        refused(ledger.remember(new KeepaliveTouched("wg0", 7, KEY, "p".repeat(100_000), 25, 0)));
        assertEquals(10, ledger.entries().size());
        assertTrue(disk.largest <= 1 << 20, "largest " + disk.largest);
        done(ledger.forget(ledger.entries()));
        done(ledger.remember(BEFORE));
        assertEquals(List.of(BEFORE), open().toUndo());
    }

    @Test
    void anyBytesGiveALedger() {
        long seed = Long.getLong("seed", 20260701);
        var random = new java.util.Random(seed);
        done(ledger.remember(List.of(BEFORE, REBIND, KEEPALIVE)));
        byte[] good = disk.content.orElseThrow();
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length + 20));
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            var opened = LedgerOpening.open(FakeDisk.holding(bytes), "boot-1", lanes.slowLane(), lanes.loop());
            assertTrue(List.of(KEEPALIVE, REBIND, BEFORE).containsAll(opened.toUndo()), "seed " + seed + " round " + i);
        }
    }
}
