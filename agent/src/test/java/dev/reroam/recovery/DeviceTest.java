package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Observation.PathsSeen;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeviceTest {

    private static DeviceFacts device(int index, String key) {
        return new DeviceFacts("wg0", index, DeviceKind.KERNEL, key, 40_000, 0, PortUse.FREE);
    }

    @Test
    void forgetsPeersThatTheNewDeviceDoesNotHave() {
        World world = World.withOnePeer(PortUse.FREE);
        world.take(new DeviceSeen(device(77, "another key"), List.of(), List.of()));
        assertTrue(world.state.tunnels().isEmpty(), world.story());
    }

    @Test
    void endsTheIncidentOfADeviceThatIsGoneForGood() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.devices.remove("wg0");
        world.take(new Observation.DeviceGone("wg0", "deleted"));
        world.advance(5 * World.SECOND);
        assertTrue(world.notes(NoteKind.OUTCOME).stream()
                .anyMatch(note -> note.what().contains("gone")));
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
        assertEquals(Attempt.NONE, world.state.deadline());
    }

    @Test
    void goesOnWithATunnelWhoseDeviceWentAndCameBackDuringTheIncident() {
        World world = World.withOnePeer(PortUse.FREE);
        World.Peer peer = world.peer();
        peer.passes = path -> false;
        world.route(World.WAN2);
        world.advance(100 * World.MS);
        world.devices.remove("wg0");
        world.take(new Observation.DeviceGone("wg0", "deleted"));
        world.advance(300 * World.MS);
        world.done.clear();
        peer.handshakeAt = PeerFacts.NEVER;
        peer.passes = path -> true;
        peer.using = World.WAN1;
        world.devices.put("wg0", device(77, "key of wg0"));
        world.take(new DeviceSeen(device(77, "key of wg0"), List.of(peer.facts()), List.of()));
        assertEquals(77, world.all(Refresh.class).getFirst().device().interfaceIndex(), world.story());
        world.advance(3 * World.SECOND);
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
        assertTrue(world.notes(NoteKind.PROVED).getFirst().what().contains("410 ms"), world.story());
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
    }

    @Test
    void endsTheIncidentOfATunnelThatCameBackWithoutAnEndpoint() {
        World world = World.withOnePeer(PortUse.FREE);
        World.Peer peer = world.peer();
        world.route(World.NO_WAY, 1);
        world.devices.remove("wg0");
        world.take(new Observation.DeviceGone("wg0", "deleted"));
        peer.handshakeAt = PeerFacts.NEVER;
        peer.endpoint = Optional.empty();
        world.devices.put("wg0", device(77, "key of wg0"));
        world.take(new DeviceSeen(device(77, "key of wg0"), List.of(peer.facts()), List.of()));
        world.advance(3 * World.SECOND);
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
        assertEquals(TunnelStatus.Word.ASLEEP, world.word(peer), world.story());
    }

    @Test
    void doesNotTakeAVerdictOnThePortForAReading() {
        World world = World.withOnePeer(PortUse.FREE);
        World.Peer peer = world.peer();
        peer.probe = Optional.empty();
        world.read("wg0");
        world.advance(World.SECOND);
        // Received before the change; no reading has shown it.
        peer.received += 100;
        world.dead.add(1);
        world.route(World.WAN2, 1);
        world.now += World.MS / 10;
        world.take(new DeviceSeen(
                new DeviceFacts("wg0", 10, DeviceKind.KERNEL, "key of wg0", 40_000, 0, PortUse.FIXED),
                List.of(),
                List.of()));
        world.devices.put("wg0", new DeviceFacts("wg0", 10, DeviceKind.KERNEL, "key of wg0", 40_000, 0, PortUse.FIXED));
        world.advance(40 * World.MS);
        assertEquals(0, world.notes(NoteKind.PROVED).size(), world.story());
    }

    @Test
    void remembersThePathOfAPeerThatComesBack() {
        World world = World.withOnePeer(PortUse.FREE);
        World.Peer peer = world.peer();
        world.take(new Observation.DeviceGone("wg0", "deleted"));
        peer.handshakeAt = world.now;
        world.take(new DeviceSeen(device(77, "key of wg0"), List.of(peer.facts()), List.of()));
        world.done.clear();
        world.route(World.WAN2);
        assertEquals(77, world.all(Refresh.class).getFirst().device().interfaceIndex(), world.story());
    }

    @Test
    void letsGoOfADeviceThatMayNoLongerBeSet() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.devices.put(
                "wg0", new DeviceFacts("wg0", 10, DeviceKind.OBSERVED, "key of wg0", 40_000, 0, PortUse.FREE));
        world.advance(World.MS);
        world.done.clear();
        world.advance(60 * World.SECOND);
        assertEquals(Word.ONLY_OBSERVED, world.word(world.peer()));
        assertTrue(world.all(Action.Repair.class).isEmpty(), world.story());
    }

    @Test
    void sendsNothingWhenItIsToldToObserve() {
        var world = new World(Ladder.standard(), RecoveryConfig.standard(true));
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer peer = world.active("wg0", "peer");
        world.asleep("wg0", "asleep");
        world.start();
        world.route(World.WAN2);
        world.advance(15 * World.SECOND);
        assertEquals(Word.ONLY_OBSERVED, world.word(peer));
        peer.handshakeAt = world.now;
        world.advance(World.SECOND);
        assertTrue(world.all(Action.Repair.class).isEmpty(), world.story());
        assertTrue(world.all(Action.SendEcho.class).isEmpty(), world.story());
        assertTrue(world.notes(NoteKind.SKIPPED).getFirst().what().contains("would begin with refresh"));
        assertTrue(world.notes(NoteKind.PROVED).getFirst().what().contains("15000 ms"), world.story());
        assertEquals(Word.CARRYING, world.word(peer));
    }

    @Test
    void readsADeviceThatIsOnlyObservedAsOftenAsOneUnderRepairWhileItMayStillHeal() {
        var world = new World(Ladder.standard(), RecoveryConfig.standard(true));
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        world.active("wg0", "peer");
        world.start();
        world.route(World.WAN2);
        world.advance(World.SECOND);
        assertEquals(6, world.all(Action.ReadDevice.class).size(), world.story());
        world.advance(world.config.activeFor());
        int read = world.all(Action.ReadDevice.class).size();
        world.advance(60 * World.SECOND);
        assertEquals(read, world.all(Action.ReadDevice.class).size(), "it goes on reading for ever");
    }

    @Test
    void countsWhatItOnlyObservedAsGivenUpAndTakesThatBackWhenItHeals() {
        var world = new World(Ladder.standard(), RecoveryConfig.standard(true));
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer peer = world.active("wg0", "peer");
        world.start();
        world.route(World.WAN2);
        world.advance(World.SECOND / 2);
        peer.handshakeAt = world.now;
        world.advance(5 * World.SECOND);
        assertEquals(
                "1 affected, 1 carry again, 0 given up, 0 quiet or gone",
                world.notes(NoteKind.CLOSED).getFirst().what());
        world.route(World.WAN1);
        world.advance(5 * World.SECOND);
        assertEquals(
                "1 affected, 0 carry again, 1 given up, 0 quiet or gone",
                world.notes(NoteKind.CLOSED).getLast().what());
    }

    @Test
    void doesNotTakeAPeerThatMovedForAChangeOfOurs() {
        World world = World.withOnePeer(PortUse.FREE);
        World.Peer peer = world.peer();
        peer.endpoint = java.util.Optional.of(
                new dev.reroam.linux.ip.Endpoint(dev.reroam.linux.ip.IpAddress.parse("192.168.1.5"), 51_820));
        world.read("wg0");
        world.take(new PathsSeen(List.of(), Set.of(), Set.of(), List.of(new PathAnswer(peer.id, World.via(3, "lan")))));
        assertTrue(world.done.isEmpty(), world.story());
        world.advance(5 * World.SECOND);
        world.route(World.WAN2);
        assertFalse(world.all(Refresh.class).isEmpty());
    }

    @Test
    void takesAChangeOfOursForOneThoughAPeerMovedJustBefore() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().endpoint = Optional.of(
                new dev.reroam.linux.ip.Endpoint(dev.reroam.linux.ip.IpAddress.parse("198.51.100.2"), 51_820));
        world.read("wg0");
        world.route(World.WAN2);
        assertFalse(world.all(Refresh.class).isEmpty(), world.story());
    }

    /** SEE asks some hundred paths a turn and tells each part; only the first names what was disturbed. */
    @Test
    void knowsInALaterPartOfASweepWhatWasDisturbed() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer peer = world.active("wg0", "peer");
        world.start();
        for (Path way : List.of(World.WAN2, World.WAN1)) {
            world.route(way);
            world.advance(300 * World.MS);
        }
        world.done.clear();
        var parts = new ArrayList<PathsSeen>();
        parts.add(new PathsSeen(List.of("link wan1 down"), Set.of(1), Set.of(), List.of()));
        parts.add(new PathsSeen(List.of(), Set.of(), Set.of(), List.of(new PathAnswer(peer.id, World.WAN2))));
        parts.forEach(world::take);
        world.advance(25 * World.MS);
        // Held down it would be, if it did not know that wan1 is what is being left.
        assertTrue(world.notes(NoteKind.SKIPPED).isEmpty(), world.story());
        assertEquals(2, world.all(Refresh.class).size(), world.story());
    }

    @Test
    void doesNotCallASleeperThatAPersonWokeAwake() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FIXED);
        World.Peer asleep = world.asleep("wg0", "asleep");
        asleep.passes = path -> false;
        world.start();
        world.take(new Observation.RecoverAsked(new Observation.Meant.Named(asleep.id)));
        world.advance(60 * World.SECOND);
        assertEquals(Word.WAITING_FOR_PEER, world.word(asleep), world.story());
        world.done.clear();
        asleep.sent += 10_000;
        world.read("wg0");
        world.route(World.WAN2);
        world.advance(5 * World.SECOND);
        assertTrue(
                world.all(Refresh.class).stream()
                        .allMatch(refresh -> refresh.peers().isEmpty()),
                world.story());
    }
}
