package dev.reroam.tunnel.wireguard.act;

import static dev.reroam.tunnel.wireguard.act.RepairBench.DEVICE;
import static dev.reroam.tunnel.wireguard.act.RepairBench.DONE;
import static dev.reroam.tunnel.wireguard.act.RepairBench.assertRefused;
import static dev.reroam.tunnel.wireguard.act.RepairBench.changed;
import static dev.reroam.tunnel.wireguard.act.RepairBench.told;
import static dev.reroam.tunnel.wireguard.act.RepairBench.withKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a device leaves its port, keeps the new one or goes back, and what is written down of it before. */
class PortChangeTest {

    @RegisterExtension
    private final RepairBench bench = new RepairBench();

    @Test
    void writesThePortDownBeforeItLeavesIt() throws Exception {
        bench.daemon.will(told(7)).will(DONE).will(told(40001));
        bench.ledger.before = () -> assertEquals(bench.ledger.log.isEmpty() ? 1 : 3, bench.daemon.asked.size());
        assertEquals(new RepairOutcome.PortChanged(40001), bench.perform(new Action.NewPort(1, DEVICE)));
        assertEquals(List.of("get=1\n\n", "set=1\nlisten_port=0\n\n", "get=1\n\n"), bench.daemon.asked);
        assertEquals(
                List.of(
                        "remember " + changed(7, OptionalInt.empty(), false),
                        "remember " + changed(7, OptionalInt.of(40001), false)),
                bench.ledger.log);
    }

    @Test
    void leavesThePortAloneWhenTheLedgerCannotBeWritten() throws Exception {
        bench.daemon.will(told(7));
        bench.ledger.broken = true;
        assertRefused("EIO", bench.perform(new Action.NewPort(1, DEVICE)));
        assertEquals(List.of("get=1\n\n"), bench.daemon.asked);
    }

    @Test
    void leavesNoPortThatNobodyWantsToLeaveOnceThatIsWrittenDown() throws Exception {
        bench.daemon.will(told(7));
        var entry = changed(7, OptionalInt.empty(), false);
        assertEquals(
                new RepairOutcome.NotWanted(),
                bench.outcome(then -> bench.repair.perform(
                        new Action.NewPort(1, DEVICE),
                        () -> {
                            assertEquals(List.of("remember " + entry), bench.ledger.log, "asked after the writing");
                            return false;
                        },
                        then)));
        assertEquals(List.of("get=1\n\n"), bench.daemon.asked);
        assertEquals(List.of("remember " + entry, "forget " + entry), bench.ledger.log);
    }

    @Test
    void tellsOfANewPortAlsoWhereThatCanNoLongerBeWrittenDown() throws Exception {
        bench.daemon.will(told(7)).will(DONE).will(told(40001));
        bench.ledger.before = () -> bench.ledger.broken = true;
        assertEquals(new RepairOutcome.PortChanged(40001), bench.perform(new Action.NewPort(1, DEVICE)));
        assertEquals(List.of("remember " + changed(7, OptionalInt.empty(), false)), bench.ledger.log);
    }

    @Test
    void writesBackWhatAChangeThatWasRefusedWouldHaveReplaced() throws Exception {
        bench.daemon.will(told(7)).will("errno=-98\n\n");
        var kept = changed(3, OptionalInt.of(7), true);
        bench.ledger.standing = List.of(kept);
        assertRefused("EADDRINUSE", bench.perform(new Action.NewPort(1, DEVICE)));
        assertEquals("remember " + kept, bench.ledger.log.getLast());
    }

    @Test
    void strikesOutAChangeThatWasRefused() throws Exception {
        bench.daemon.will(told(7)).will("errno=-98\n\n");
        assertRefused("EADDRINUSE", bench.perform(new Action.NewPort(1, DEVICE)));
        assertEquals(
                List.of(
                        "remember " + changed(7, OptionalInt.empty(), false),
                        "forget " + changed(7, OptionalInt.empty(), false)),
                bench.ledger.log);
    }

    @Test
    void keepsAChangeWrittenDownThatMayHaveBeenMade() throws Exception {
        bench.daemon.will(told(7)).will("nonsense\n");
        assertRefused("EPROTO", bench.perform(new Action.NewPort(1, DEVICE)));
        assertEquals(List.of("remember " + changed(7, OptionalInt.empty(), false)), bench.ledger.log);
    }

    @Test
    void givesTheFormerPortBack() throws Exception {
        bench.daemon.will(told(40001)).will(DONE);
        assertEquals(new RepairOutcome.Done(), bench.perform(new Action.RestorePort(1, DEVICE, 7)));
        assertEquals("set=1\nlisten_port=7\n\n", bench.daemon.asked.get(1));
        assertEquals(List.of("forget " + changed(7, OptionalInt.empty(), false)), bench.ledger.log);
    }

    @Test
    void portThatAKeptOneGoesBackToIsNotForgotten() throws Exception {
        bench.ledger.standing = List.of(changed(3, OptionalInt.of(40001), false));
        bench.daemon.will(told(40001)).will(DONE);
        assertEquals(new RepairOutcome.Done(), bench.perform(new Action.RestorePort(1, DEVICE, 7)));
        assertEquals("set=1\nlisten_port=7\n\n", bench.daemon.asked.get(1));
        assertEquals(List.of("remember " + changed(3, OptionalInt.of(7), true)), bench.ledger.log);
    }

    @Test
    void keepsAPortThatIsProved() throws Exception {
        assertEquals(new RepairOutcome.Done(), bench.perform(new Action.KeepPort(1, DEVICE, 9)));
        assertEquals(List.of("remember " + changed(9, OptionalInt.of(7), true)), bench.ledger.log);
        assertTrue(bench.daemon.asked.isEmpty());
    }

    @Test
    void touchesNoDeviceThatIsAnotherOneByNow() throws Exception {
        bench.daemon.will(told(7)).will("private_key=" + "01".repeat(32) + "\n" + told(7));
        assertEquals(new RepairOutcome.Vanished(), bench.perform(new Action.NewPort(1, withKey("other"))));
        assertEquals(new RepairOutcome.Vanished(), bench.perform(new Action.NewPort(1, DEVICE)));
        assertTrue(bench.ledger.log.isEmpty());
        assertEquals(2, bench.daemon.asked.size());
    }
}
