package dev.reroam.tunnel.wireguard.act;

import static dev.reroam.tunnel.wireguard.act.RepairBench.DEVICE;
import static dev.reroam.tunnel.wireguard.act.RepairBench.DONE;
import static dev.reroam.tunnel.wireguard.act.RepairBench.KEY;
import static dev.reroam.tunnel.wireguard.act.RepairBench.changed;
import static dev.reroam.tunnel.wireguard.act.RepairBench.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Entry.RebindInProgress;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How that is taken back which an agent before this one left. */
class UndoTest {

    @RegisterExtension
    private final RepairBench bench = new RepairBench();

    @Test
    void undoesAChangeOfThePort() throws Exception {
        bench.daemon.will(told(40001)).will(DONE);
        var entry = changed(9, OptionalInt.of(40001), false);
        assertEquals(new RepairOutcome.Done(), bench.outcome(then -> bench.repair.undo(DEVICE, entry, then)));
        assertEquals("set=1\nlisten_port=9\n\n", bench.daemon.asked.get(1));
        assertEquals(List.of("forget " + entry), bench.ledger.log);
    }

    @Test
    void leavesAPortThatSomebodyElseHasSetSince() throws Exception {
        bench.daemon.will(told(50000));
        var entry = changed(9, OptionalInt.of(40001), false);
        assertEquals(new RepairOutcome.Done(), bench.outcome(then -> bench.repair.undo(DEVICE, entry, then)));
        assertEquals(1, bench.daemon.asked.size());
        assertEquals(List.of("forget " + entry), bench.ledger.log);
    }

    @Test
    void undoesARebindThatWasCutShort() throws Exception {
        bench.daemon.will(told(40001)).will(DONE);
        var entry = new RebindInProgress("wg0", 5, "", 9, 0);
        assertEquals(new RepairOutcome.Done(), bench.outcome(then -> bench.repair.undo(DEVICE, entry, then)));
        assertEquals("set=1\nlisten_port=9\n\n", bench.daemon.asked.get(1));
    }

    @Test
    void undoesAKeepaliveThatWasTouched() throws Exception {
        bench.daemon.will(told(7)).will(DONE);
        var entry = new Entry.KeepaliveTouched("wg0", 5, "", KEY, 0, 0);
        assertEquals(new RepairOutcome.Done(), bench.outcome(then -> bench.repair.undo(DEVICE, entry, then)));
        assertTrue(bench.daemon.asked.get(1).endsWith("update_only=true\npersistent_keepalive_interval=0\n\n"));
    }

    @Test
    void onlyStrikesOutAnEntryOfAnotherDevice() throws Exception {
        var entry = new RebindInProgress("wg0", 4, "", 9, 0);
        assertEquals(new RepairOutcome.Vanished(), bench.outcome(then -> bench.repair.undo(DEVICE, entry, then)));
        assertEquals(List.of("forget " + entry), bench.ledger.log);
        assertTrue(bench.daemon.asked.isEmpty());
    }
}
