package dev.reroam.tunnel.wireguard.act;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Entry.PortChanged;
import dev.reroam.ledger.Entry.RebindInProgress;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tunnel.wireguard.FakeDaemon;
import dev.reroam.tunnel.wireguard.FakeKernelDevices;
import dev.reroam.tunnel.wireguard.TestLoop;
import dev.reroam.tunnel.wireguard.UapiClients;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WireGuardRepairTest {

    private static final String HEX = "ab".repeat(32);
    private static final String KEY = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";
    private static final String DONE = "errno=0\n\n";
    private static final DeviceFacts DEVICE = facts(DeviceKind.USERSPACE);
    private static final DeviceFacts KERNEL = facts(DeviceKind.KERNEL);

    @TempDir
    Path folder;

    private final TestLoop loop = new TestLoop();
    private final FakeLedger ledger = new FakeLedger();
    private final FakeKernelDevices kernel = new FakeKernelDevices();
    private FakeDaemon daemon;
    private UapiClients uapi;
    private WireGuardRepair repair;

    @BeforeEach
    void start() throws Exception {
        var socket = folder.resolve("wg0.sock");
        daemon = new FakeDaemon(socket);
        repair = loop.on(() -> {
            uapi = new UapiClients(loop.descriptors(), loop.loop(), Clock.system(), new Random(1));
            uapi.open("wg0", socket.toString());
            return new WireGuardRepair(uapi, kernel, ledger, Clock.system());
        });
    }

    @AfterEach
    void stop() throws Exception {
        loop.on(() -> {
            uapi.close();
            return true;
        });
        daemon.close();
        loop.close();
    }

    @Test
    void refreshesThePeersThatItIsGiven() throws Exception {
        daemon.will(withPeer("192.0.2.1:51820", 25)).will(DONE);
        assertEquals(new RepairOutcome.Done(), perform(refresh(DEVICE, "192.0.2.1:51820", 25)));
        assertEquals(
                "set=1\npublic_key=" + HEX + "\nupdate_only=true\nendpoint=192.0.2.1:51820\n"
                        + "persistent_keepalive_interval=0\npersistent_keepalive_interval=25\n\n",
                daemon.asked.getLast());
        assertTrue(ledger.log.isEmpty());
    }

    @Test
    void putsNothingBackThatChangedSinceTheBrainHeardOfIt() throws Exception {
        daemon.will(withPeer("[2001:db8::9]:9", 17)).will(DONE);
        assertEquals(new RepairOutcome.Done(), perform(refresh(DEVICE, "192.0.2.1:51820", 25)));
        var asked = daemon.asked.getLast();
        assertTrue(asked.contains("endpoint=[2001:db8::9]:9\n") && asked.endsWith("interval=17\n\n"), asked);
    }

    @Test
    void doesNotReadTheDeviceAgainForTheSecondPacket() throws Exception {
        daemon.will(withPeer("192.0.2.1:51820", 25)).will(DONE).will(DONE);
        perform(refresh(DEVICE, "192.0.2.1:51820", 25));
        perform(refresh(DEVICE, "192.0.2.1:51820", 25));
        assertEquals(
                2,
                daemon.asked.stream().filter(asked -> asked.startsWith("set")).count());
        assertEquals(3, daemon.asked.size());
    }

    @Test
    void aPeerThatIsGoneHasVanished() throws Exception {
        daemon.will(told(7));
        assertEquals(new RepairOutcome.Vanished(), perform(refresh(DEVICE, "192.0.2.1:51820", 25)));
        assertTrue(daemon.asked.stream().noneMatch(asked -> asked.startsWith("set")));
    }

    @Test
    void sendsNothingWhereNoPeerIsNamed() throws Exception {
        assertEquals(new RepairOutcome.Done(), perform(new Action.Refresh(1, DEVICE, List.of())));
        assertTrue(daemon.asked.isEmpty());
    }

    @Test
    void rehearsesWithPeersThatDoNotExist() throws Exception {
        daemon.will(withPeer("192.0.2.1:51820", 25)).will(DONE);
        var refresh = refresh(DEVICE, "192.0.2.1:51820", 25);
        assertEquals(new RepairOutcome.Done(), outcome(then -> repair.rehearse(refresh, new Random(1), then)));
        assertEquals(3, daemon.asked.getLast().split("update_only=true", -1).length - 1);
        assertTrue(!daemon.asked.getLast().contains(HEX));
    }

    @Test
    void refreshesAKernelDeviceWithItsPresentMark() throws Exception {
        kernel.devices.put(5, kernelDevice(7));
        assertEquals(new RepairOutcome.Done(), perform(refresh(KERNEL, "192.0.2.1:51820", 25)));
        assertEquals(List.of("refresh 5 mark 81 " + KEY + " 17"), kernel.log);
        assertEquals(new RepairOutcome.Done(), perform(new Action.Refresh(2, KERNEL, List.of())));
        assertEquals("refresh 5 mark 81", kernel.log.getLast());
        assertTrue(ledger.log.isEmpty());
    }

    @Test
    void rehearsesOnTheKernel() throws Exception {
        kernel.devices.put(5, kernelDevice(7));
        var refresh = refresh(KERNEL, "192.0.2.1:51820", 25);
        assertEquals(new RepairOutcome.Done(), outcome(then -> repair.rehearse(refresh, new Random(1), then)));
        assertEquals(List.of("rehearse 5"), kernel.log);
    }

    @Test
    void rebindsAKernelDeviceByWayOfAnotherPort() throws Exception {
        kernel.devices.put(5, kernelDevice(7));
        ledger.before = () -> kernel.log.add("ledger");
        assertEquals(new RepairOutcome.Done(), perform(new Action.Rebind(1, KERNEL)));
        assertEquals(List.of("ledger", "port 5 0", "port 5 7", "ledger"), kernel.log);
        var entry = new RebindInProgress("wg0", 5, "", 7, 0);
        assertEquals(List.of("remember " + entry, "forget " + entry), ledger.log);
    }

    @Test
    void strikesARebindOutThatWasRefusedAtOnce() throws Exception {
        kernel.devices.put(5, kernelDevice(7));
        kernel.refusals.add(Optional.of(Errno.EPERM));
        assertRefused("EPERM", perform(new Action.Rebind(1, KERNEL)));
        assertEquals(2, ledger.log.size());
    }

    @Test
    void keepsARebindWrittenDownThatDidNotFindItsWayBack() throws Exception {
        kernel.devices.put(5, kernelDevice(7));
        kernel.refusals.add(Optional.empty());
        kernel.refusals.add(Optional.of(Errno.EADDRINUSE));
        assertRefused("EADDRINUSE", perform(new Action.Rebind(1, KERNEL)));
        assertEquals(List.of("remember " + new RebindInProgress("wg0", 5, "", 7, 0)), ledger.log);
    }

    @Test
    void rebindsToThePortThatARebindBeforeDidNotFindItsWayBackTo() throws Exception {
        kernel.devices.put(5, kernelDevice(40_001));
        ledger.standing = List.of(new RebindInProgress("wg0", 5, "", 7, 0));
        assertEquals(new RepairOutcome.Done(), perform(new Action.Rebind(1, KERNEL)));
        assertEquals(List.of("port 5 0", "port 5 7"), kernel.log);
    }

    @Test
    void saysThatAKernelDeviceVanished() throws Exception {
        assertEquals(new RepairOutcome.Vanished(), perform(new Action.Rebind(1, KERNEL)));
        kernel.devices.put(5, kernelDevice(7));
        kernel.refusals.add(Optional.of(Errno.ENODEV));
        assertEquals(new RepairOutcome.Vanished(), perform(new Action.Refresh(1, KERNEL, List.of())));
    }

    @Test
    void rebindsOnThePortThatTheDeviceHasNow() throws Exception {
        daemon.will(told(7)).will(DONE);
        assertEquals(new RepairOutcome.Done(), perform(new Action.Rebind(1, DEVICE)));
        assertEquals("set=1\nlisten_port=7\n\n", daemon.asked.get(1));
        assertTrue(ledger.log.isEmpty());
    }

    @Test
    void doesNotRebindWhereNoPortIsBound() throws Exception {
        daemon.will(told(0));
        assertRefused("EINVAL", perform(new Action.Rebind(1, DEVICE)));
    }

    @Test
    void writesThePortDownBeforeItLeavesIt() throws Exception {
        daemon.will(told(7)).will(DONE).will(told(40001));
        ledger.before = () -> assertEquals(ledger.log.isEmpty() ? 1 : 3, daemon.asked.size());
        assertEquals(new RepairOutcome.PortChanged(40001), perform(new Action.NewPort(1, DEVICE)));
        assertEquals(List.of("get=1\n\n", "set=1\nlisten_port=0\n\n", "get=1\n\n"), daemon.asked);
        assertEquals(
                List.of(
                        "remember " + changed(7, OptionalInt.empty(), false),
                        "remember " + changed(7, OptionalInt.of(40001), false)),
                ledger.log);
    }

    @Test
    void leavesThePortAloneWhenTheLedgerCannotBeWritten() throws Exception {
        daemon.will(told(7));
        ledger.broken = true;
        assertRefused("EIO", perform(new Action.NewPort(1, DEVICE)));
        assertEquals(List.of("get=1\n\n"), daemon.asked);
    }

    @Test
    void leavesNoPortThatNobodyWantsToLeaveOnceThatIsWrittenDown() throws Exception {
        daemon.will(told(7));
        var entry = changed(7, OptionalInt.empty(), false);
        assertEquals(
                new RepairOutcome.NotWanted(),
                outcome(then -> repair.perform(
                        new Action.NewPort(1, DEVICE),
                        () -> {
                            assertEquals(List.of("remember " + entry), ledger.log, "asked after the writing");
                            return false;
                        },
                        then)));
        assertEquals(List.of("get=1\n\n"), daemon.asked);
        assertEquals(List.of("remember " + entry, "forget " + entry), ledger.log);
    }

    @Test
    void rebindsNothingThatNobodyWantsToRebindOnceThatIsWrittenDown() throws Exception {
        kernel.devices.put(5, kernelDevice(7));
        assertEquals(
                new RepairOutcome.NotWanted(),
                outcome(then -> repair.perform(new Action.Rebind(1, KERNEL), () -> ledger.log.isEmpty(), then)));
        assertEquals(List.of(), kernel.log);
        assertEquals(2, ledger.log.size());
        daemon.will(told(7));
        assertEquals(
                new RepairOutcome.NotWanted(),
                outcome(then -> repair.perform(new Action.Rebind(1, DEVICE), () -> false, then)));
        assertEquals(List.of("get=1\n\n"), daemon.asked);
    }

    @Test
    void tellsOfANewPortAlsoWhereThatCanNoLongerBeWrittenDown() throws Exception {
        daemon.will(told(7)).will(DONE).will(told(40001));
        ledger.before = () -> ledger.broken = true;
        assertEquals(new RepairOutcome.PortChanged(40001), perform(new Action.NewPort(1, DEVICE)));
        assertEquals(List.of("remember " + changed(7, OptionalInt.empty(), false)), ledger.log);
    }

    @Test
    void writesBackWhatAChangeThatWasRefusedWouldHaveReplaced() throws Exception {
        daemon.will(told(7)).will("errno=-98\n\n");
        var kept = changed(3, OptionalInt.of(7), true);
        ledger.standing = List.of(kept);
        assertRefused("EADDRINUSE", perform(new Action.NewPort(1, DEVICE)));
        assertEquals("remember " + kept, ledger.log.getLast());
    }

    @Test
    void strikesOutAChangeThatWasRefused() throws Exception {
        daemon.will(told(7)).will("errno=-98\n\n");
        assertRefused("EADDRINUSE", perform(new Action.NewPort(1, DEVICE)));
        assertEquals(
                List.of(
                        "remember " + changed(7, OptionalInt.empty(), false),
                        "forget " + changed(7, OptionalInt.empty(), false)),
                ledger.log);
    }

    @Test
    void keepsAChangeWrittenDownThatMayHaveBeenMade() throws Exception {
        daemon.will(told(7)).will("nonsense\n");
        assertRefused("EPROTO", perform(new Action.NewPort(1, DEVICE)));
        assertEquals(List.of("remember " + changed(7, OptionalInt.empty(), false)), ledger.log);
    }

    @Test
    void givesTheFormerPortBack() throws Exception {
        daemon.will(told(40001)).will(DONE);
        assertEquals(new RepairOutcome.Done(), perform(new Action.RestorePort(1, DEVICE, 7)));
        assertEquals("set=1\nlisten_port=7\n\n", daemon.asked.get(1));
        assertEquals(List.of("forget " + changed(7, OptionalInt.empty(), false)), ledger.log);
    }

    @Test
    void portThatAKeptOneGoesBackToIsNotForgotten() throws Exception {
        ledger.standing = List.of(changed(3, OptionalInt.of(40001), false));
        daemon.will(told(40001)).will(DONE);
        assertEquals(new RepairOutcome.Done(), perform(new Action.RestorePort(1, DEVICE, 7)));
        assertEquals("set=1\nlisten_port=7\n\n", daemon.asked.get(1));
        assertEquals(List.of("remember " + changed(3, OptionalInt.of(7), true)), ledger.log);
    }

    @Test
    void keepsAPortThatIsProved() throws Exception {
        assertEquals(new RepairOutcome.Done(), perform(new Action.KeepPort(1, DEVICE, 9)));
        assertEquals(List.of("remember " + changed(9, OptionalInt.of(7), true)), ledger.log);
        assertTrue(daemon.asked.isEmpty());
    }

    @Test
    void touchesNoDeviceThatIsAnotherOneByNow() throws Exception {
        daemon.will(told(7)).will("private_key=" + "01".repeat(32) + "\n" + told(7));
        assertEquals(new RepairOutcome.Vanished(), perform(new Action.NewPort(1, withKey("other"))));
        assertEquals(new RepairOutcome.Vanished(), perform(new Action.NewPort(1, DEVICE)));
        assertTrue(ledger.log.isEmpty());
        assertEquals(2, daemon.asked.size());
    }

    @Test
    void saysThatTheDeviceVanished() throws Exception {
        daemon.close();
        assertEquals(new RepairOutcome.Vanished(), perform(new Action.Rebind(1, DEVICE)));
        loop.on(() -> {
            uapi.close("wg0");
            return true;
        });
        assertEquals(new RepairOutcome.Vanished(), perform(new Action.Rebind(1, DEVICE)));
    }

    @Test
    void neverTouchesADeviceThatIsOnlyWatched() throws Exception {
        assertRefused("EPERM", perform(new Action.Rebind(1, facts(DeviceKind.OBSERVED))));
        daemon.will("own_public_key=" + HEX + "\n" + told(7));
        assertRefused("EPERM", perform(new Action.Rebind(1, DEVICE)));
    }

    @Test
    void undoesAChangeOfThePort() throws Exception {
        daemon.will(told(40001)).will(DONE);
        var entry = changed(9, OptionalInt.of(40001), false);
        assertEquals(new RepairOutcome.Done(), outcome(then -> repair.undo(DEVICE, entry, then)));
        assertEquals("set=1\nlisten_port=9\n\n", daemon.asked.get(1));
        assertEquals(List.of("forget " + entry), ledger.log);
    }

    @Test
    void leavesAPortThatSomebodyElseHasSetSince() throws Exception {
        daemon.will(told(50000));
        var entry = changed(9, OptionalInt.of(40001), false);
        assertEquals(new RepairOutcome.Done(), outcome(then -> repair.undo(DEVICE, entry, then)));
        assertEquals(1, daemon.asked.size());
        assertEquals(List.of("forget " + entry), ledger.log);
    }

    @Test
    void undoesARebindThatWasCutShort() throws Exception {
        daemon.will(told(40001)).will(DONE);
        var entry = new RebindInProgress("wg0", 5, "", 9, 0);
        assertEquals(new RepairOutcome.Done(), outcome(then -> repair.undo(DEVICE, entry, then)));
        assertEquals("set=1\nlisten_port=9\n\n", daemon.asked.get(1));
    }

    @Test
    void undoesAKeepaliveThatWasTouched() throws Exception {
        daemon.will(told(7)).will(DONE);
        var entry = new Entry.KeepaliveTouched("wg0", 5, "", KEY, 0, 0);
        assertEquals(new RepairOutcome.Done(), outcome(then -> repair.undo(DEVICE, entry, then)));
        assertTrue(daemon.asked.get(1).endsWith("update_only=true\npersistent_keepalive_interval=0\n\n"));
    }

    @Test
    void onlyStrikesOutAnEntryOfAnotherDevice() throws Exception {
        var entry = new RebindInProgress("wg0", 4, "", 9, 0);
        assertEquals(new RepairOutcome.Vanished(), outcome(then -> repair.undo(DEVICE, entry, then)));
        assertEquals(List.of("forget " + entry), ledger.log);
        assertTrue(daemon.asked.isEmpty());
    }

    private RepairOutcome perform(Action.Setting action) throws Exception {
        return outcome(then -> repair.perform(action, then));
    }

    private RepairOutcome outcome(Consumer<Consumer<RepairOutcome>> call) throws Exception {
        var outcome = new CompletableFuture<RepairOutcome>();
        loop.on(() -> {
            call.accept(outcome::complete);
            return true;
        });
        return outcome.get(10, TimeUnit.SECONDS);
    }

    private static void assertRefused(String errno, RepairOutcome outcome) {
        assertEquals(
                errno, assertInstanceOf(RepairOutcome.Refused.class, outcome).errno());
    }

    private static Action.Refresh refresh(DeviceFacts device, String endpoint, int keepalive) {
        var peer = new Action.PeerRefresh(KEY, Optional.of(Endpoint.parse(endpoint)), keepalive);
        return new Action.Refresh(1, device, List.of(peer));
    }

    private static WireGuardDevice kernelDevice(int port) {
        var peer = new WireGuardPeer(WireGuardKey.parseBase64(KEY), Optional.empty(), 17, 0, 0, 0, 0, List.of());
        return new WireGuardDevice(5, "wg0", Optional.empty(), port, 0x51, List.of(peer));
    }

    private static String withPeer(String endpoint, int keepalive) {
        return "public_key=" + HEX + "\nendpoint=" + endpoint + "\npersistent_keepalive_interval=" + keepalive
                + "\nerrno=0\n\n";
    }

    private static PortChanged changed(int former, OptionalInt now, boolean proved) {
        return new PortChanged("wg0", 5, "", former, now, proved, 0);
    }

    private static DeviceFacts facts(DeviceKind kind) {
        return new DeviceFacts("wg0", 5, kind, "", 7, 0, PortUse.FREE);
    }

    private static DeviceFacts withKey(String key) {
        return new DeviceFacts("wg0", 5, DeviceKind.USERSPACE, key, 7, 0, PortUse.FREE);
    }

    private static String told(int port) {
        return "listen_port=" + port + "\nerrno=0\n\n";
    }
}
