package dev.reroam.tunnel.wireguard.act;

import static dev.reroam.tunnel.wireguard.act.RepairBench.DEVICE;
import static dev.reroam.tunnel.wireguard.act.RepairBench.DONE;
import static dev.reroam.tunnel.wireguard.act.RepairBench.HEX;
import static dev.reroam.tunnel.wireguard.act.RepairBench.KERNEL;
import static dev.reroam.tunnel.wireguard.act.RepairBench.KEY;
import static dev.reroam.tunnel.wireguard.act.RepairBench.assertRefused;
import static dev.reroam.tunnel.wireguard.act.RepairBench.facts;
import static dev.reroam.tunnel.wireguard.act.RepairBench.kernelDevice;
import static dev.reroam.tunnel.wireguard.act.RepairBench.refresh;
import static dev.reroam.tunnel.wireguard.act.RepairBench.told;
import static dev.reroam.tunnel.wireguard.act.RepairBench.withPeer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.ledger.Entry.RebindInProgress;
import dev.reroam.linux.libc.Errno;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a device is refreshed and bound anew, and which devices are left alone. */
class WireGuardRepairTest {

    @RegisterExtension
    private final RepairBench bench = new RepairBench();

    @Test
    void refreshesThePeersThatItIsGiven() throws Exception {
        bench.daemon.will(withPeer("192.0.2.1:51820", 25)).will(DONE);
        assertEquals(new RepairOutcome.Done(), bench.perform(refresh(DEVICE, "192.0.2.1:51820", 25)));
        assertEquals(
                "set=1\npublic_key=" + HEX + "\nupdate_only=true\nendpoint=192.0.2.1:51820\n"
                        + "persistent_keepalive_interval=0\npersistent_keepalive_interval=25\n\n",
                bench.daemon.asked.getLast());
        assertTrue(bench.ledger.log.isEmpty());
    }

    @Test
    void putsNothingBackThatChangedSinceTheBrainHeardOfIt() throws Exception {
        bench.daemon.will(withPeer("[2001:db8::9]:9", 17)).will(DONE);
        assertEquals(new RepairOutcome.Done(), bench.perform(refresh(DEVICE, "192.0.2.1:51820", 25)));
        var asked = bench.daemon.asked.getLast();
        assertTrue(asked.contains("endpoint=[2001:db8::9]:9\n") && asked.endsWith("interval=17\n\n"), asked);
    }

    @Test
    void doesNotReadTheDeviceAgainForTheSecondPacket() throws Exception {
        bench.daemon.will(withPeer("192.0.2.1:51820", 25)).will(DONE).will(DONE);
        bench.perform(refresh(DEVICE, "192.0.2.1:51820", 25));
        bench.perform(refresh(DEVICE, "192.0.2.1:51820", 25));
        assertEquals(
                2,
                bench.daemon.asked.stream()
                        .filter(asked -> asked.startsWith("set"))
                        .count());
        assertEquals(3, bench.daemon.asked.size());
    }

    @Test
    void aPeerThatIsGoneHasVanished() throws Exception {
        bench.daemon.will(told(7));
        assertEquals(new RepairOutcome.Vanished(), bench.perform(refresh(DEVICE, "192.0.2.1:51820", 25)));
        assertTrue(bench.daemon.asked.stream().noneMatch(asked -> asked.startsWith("set")));
    }

    @Test
    void sendsNothingWhereNoPeerIsNamed() throws Exception {
        assertEquals(new RepairOutcome.Done(), bench.perform(new Action.Refresh(1, DEVICE, List.of())));
        assertTrue(bench.daemon.asked.isEmpty());
    }

    @Test
    void rehearsesWithPeersThatDoNotExist() throws Exception {
        bench.daemon.will(withPeer("192.0.2.1:51820", 25)).will(DONE);
        var refresh = refresh(DEVICE, "192.0.2.1:51820", 25);
        assertEquals(
                new RepairOutcome.Done(), bench.outcome(then -> bench.repair.rehearse(refresh, new Random(1), then)));
        assertEquals(3, bench.daemon.asked.getLast().split("update_only=true", -1).length - 1);
        assertTrue(!bench.daemon.asked.getLast().contains(HEX));
    }

    @Test
    void refreshesAKernelDeviceWithItsPresentMark() throws Exception {
        bench.kernel.devices.put(5, kernelDevice(7));
        assertEquals(new RepairOutcome.Done(), bench.perform(refresh(KERNEL, "192.0.2.1:51820", 25)));
        assertEquals(List.of("refresh 5 mark 81 " + KEY + " 17"), bench.kernel.log);
        assertEquals(new RepairOutcome.Done(), bench.perform(new Action.Refresh(2, KERNEL, List.of())));
        assertEquals("refresh 5 mark 81", bench.kernel.log.getLast());
        assertTrue(bench.ledger.log.isEmpty());
    }

    @Test
    void rehearsesOnTheKernel() throws Exception {
        bench.kernel.devices.put(5, kernelDevice(7));
        var refresh = refresh(KERNEL, "192.0.2.1:51820", 25);
        assertEquals(
                new RepairOutcome.Done(), bench.outcome(then -> bench.repair.rehearse(refresh, new Random(1), then)));
        assertEquals(List.of("rehearse 5"), bench.kernel.log);
    }

    @Test
    void rebindsAKernelDeviceByWayOfAnotherPort() throws Exception {
        bench.kernel.devices.put(5, kernelDevice(7));
        bench.ledger.before = () -> bench.kernel.log.add("ledger");
        assertEquals(new RepairOutcome.Done(), bench.perform(new Action.Rebind(1, KERNEL)));
        assertEquals(List.of("ledger", "port 5 0", "port 5 7", "ledger"), bench.kernel.log);
        var entry = new RebindInProgress("wg0", 5, "", 7, 0);
        assertEquals(List.of("remember " + entry, "forget " + entry), bench.ledger.log);
    }

    @Test
    void strikesARebindOutThatWasRefusedAtOnce() throws Exception {
        bench.kernel.devices.put(5, kernelDevice(7));
        bench.kernel.refusals.add(Optional.of(Errno.EPERM));
        assertRefused("EPERM", bench.perform(new Action.Rebind(1, KERNEL)));
        assertEquals(2, bench.ledger.log.size());
    }

    @Test
    void keepsARebindWrittenDownThatDidNotFindItsWayBack() throws Exception {
        bench.kernel.devices.put(5, kernelDevice(7));
        bench.kernel.refusals.add(Optional.empty());
        bench.kernel.refusals.add(Optional.of(Errno.EADDRINUSE));
        assertRefused("EADDRINUSE", bench.perform(new Action.Rebind(1, KERNEL)));
        assertEquals(List.of("remember " + new RebindInProgress("wg0", 5, "", 7, 0)), bench.ledger.log);
    }

    @Test
    void rebindsToThePortThatARebindBeforeDidNotFindItsWayBackTo() throws Exception {
        bench.kernel.devices.put(5, kernelDevice(40_001));
        bench.ledger.standing = List.of(new RebindInProgress("wg0", 5, "", 7, 0));
        assertEquals(new RepairOutcome.Done(), bench.perform(new Action.Rebind(1, KERNEL)));
        assertEquals(List.of("port 5 0", "port 5 7"), bench.kernel.log);
    }

    @Test
    void saysThatAKernelDeviceVanished() throws Exception {
        assertEquals(new RepairOutcome.Vanished(), bench.perform(new Action.Rebind(1, KERNEL)));
        bench.kernel.devices.put(5, kernelDevice(7));
        bench.kernel.refusals.add(Optional.of(Errno.ENODEV));
        assertEquals(new RepairOutcome.Vanished(), bench.perform(new Action.Refresh(1, KERNEL, List.of())));
    }

    @Test
    void rebindsOnThePortThatTheDeviceHasNow() throws Exception {
        bench.daemon.will(told(7)).will(DONE);
        assertEquals(new RepairOutcome.Done(), bench.perform(new Action.Rebind(1, DEVICE)));
        assertEquals("set=1\nlisten_port=7\n\n", bench.daemon.asked.get(1));
        assertTrue(bench.ledger.log.isEmpty());
    }

    @Test
    void doesNotRebindWhereNoPortIsBound() throws Exception {
        bench.daemon.will(told(0));
        assertRefused("EINVAL", bench.perform(new Action.Rebind(1, DEVICE)));
    }

    @Test
    void rebindsNothingThatNobodyWantsToRebindOnceThatIsWrittenDown() throws Exception {
        bench.kernel.devices.put(5, kernelDevice(7));
        assertEquals(
                new RepairOutcome.NotWanted(),
                bench.outcome(then ->
                        bench.repair.perform(new Action.Rebind(1, KERNEL), () -> bench.ledger.log.isEmpty(), then)));
        assertEquals(List.of(), bench.kernel.log);
        assertEquals(2, bench.ledger.log.size());
        bench.daemon.will(told(7));
        assertEquals(
                new RepairOutcome.NotWanted(),
                bench.outcome(then -> bench.repair.perform(new Action.Rebind(1, DEVICE), () -> false, then)));
        assertEquals(List.of("get=1\n\n"), bench.daemon.asked);
    }

    @Test
    void saysThatTheDeviceVanished() throws Exception {
        bench.daemon.close();
        assertEquals(new RepairOutcome.Vanished(), bench.perform(new Action.Rebind(1, DEVICE)));
        bench.loop.on(() -> {
            bench.uapi.close("wg0");
            return true;
        });
        assertEquals(new RepairOutcome.Vanished(), bench.perform(new Action.Rebind(1, DEVICE)));
    }

    @Test
    void neverTouchesADeviceThatIsOnlyWatched() throws Exception {
        assertRefused("EPERM", bench.perform(new Action.Rebind(1, facts(DeviceKind.OBSERVED))));
        bench.daemon.will("own_public_key=" + HEX + "\n" + told(7));
        assertRefused("EPERM", bench.perform(new Action.Rebind(1, DEVICE)));
    }
}
