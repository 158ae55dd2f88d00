package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.Action.SendEcho;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.TunnelStatus.Word;
import org.junit.jupiter.api.Test;

class RefreshTest {

    @Test
    void refreshesInTheVeryStepThatShowsAnotherPath() {
        World world = World.withOnePeer(PortUse.FREE);
        long at = world.now;
        world.route(World.WAN2);
        assertInstanceOf(Refresh.class, world.done.get(0).action());
        assertInstanceOf(SendEcho.class, world.done.get(1).action());
        assertEquals(at, world.done.get(0).at());
        assertEquals(1, world.all(Action.ReadDevice.class).size());
    }

    @Test
    void isProvedByTheFirstEchoAndClosesAfterAQuietSecond() {
        World world = World.withOnePeer(PortUse.FREE);
        world.route(World.WAN2);
        world.advance(10 * World.MS);
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()));
        world.advance(World.SECOND);
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
        assertEquals(1, world.all(Refresh.class).size());
        world.advance(10 * World.SECOND);
        assertTrue(new Recovery(Ladder.standard(), world.config)
                .nextDeadline(world.state)
                .isEmpty());
    }

    @Test
    void repeatsTheRefreshOnceWhenTheFirstPacketIsEaten() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().eaten = 1;
        world.dead.add(1);
        world.route(World.WAN2, 1);
        world.advance(5 * World.SECOND);
        assertEquals(2, world.all(Refresh.class).size(), world.story());
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
        assertTrue(world.notes(NoteKind.PROVED).getFirst().what().contains("30 ms"), world.story());
    }

    @Test
    void sendsNothingToPeersThatAreAsleepButClearsTheirSources() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FIXED);
        World.Peer awake = world.active("wg0", "awake");
        world.asleep("wg0", "asleep");
        world.start();
        world.route(World.WAN2);
        world.advance(20 * World.SECOND);
        assertTrue(
                world.all(Refresh.class).stream()
                        .flatMap(refresh -> refresh.peers().stream())
                        .allMatch(peer -> peer.key().equals("awake")),
                world.story());
        assertTrue(world.all(SendEcho.class).stream()
                .allMatch(echo -> echo.tunnel().equals(awake.id)));
    }

    @Test
    void clearsADeviceOfSleepersWithARefreshOfNobody() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FIXED);
        world.asleep("wg0", "asleep");
        world.start();
        world.route(World.WAN2);
        world.advance(20 * World.SECOND);
        assertEquals(1, world.all(Refresh.class).size(), world.story());
        assertTrue(world.all(Refresh.class).getFirst().peers().isEmpty());
        assertEquals(1, world.notes(NoteKind.CLOSED).size());
    }

    @Test
    void onlyWatchesADeviceThatMustNotBeSet() {
        var world = new World();
        world.device("wg0", DeviceKind.OBSERVED, PortUse.FREE);
        World.Peer peer = world.active("wg0", "peer");
        world.start();
        world.route(World.WAN2);
        world.advance(World.SECOND / 2);
        world.route(World.WAN1);
        world.advance(World.MS);
        assertEquals(
                0,
                world.all(Action.Repair.class).size()
                        + world.all(SendEcho.class).size());
        assertEquals(Word.ONLY_OBSERVED, world.word(peer));
        assertEquals(1, world.notes(NoteKind.SKIPPED).size(), world.story());
    }

    @Test
    void joinsTunnelsThatAFreshReadingShowsToHaveBeenActive() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer peer = world.asleep("wg0", "peer");
        world.start();
        peer.received = 1_000;
        world.route(World.WAN2);
        world.advance(5 * World.MS);
        assertEquals(
                1,
                world.all(Refresh.class).stream()
                        .filter(r -> !r.peers().isEmpty())
                        .count(),
                world.story());
    }

    @Test
    void waitsWhileThereIsNoWayAndRefreshesWhenThereIsOneAgain() {
        World world = World.withOnePeer(PortUse.FREE);
        world.route(World.NO_WAY, 1, 2);
        world.advance(300 * World.SECOND);
        assertEquals(Word.NO_WAY, world.word(world.peer()));
        assertTrue(world.all(Action.Repair.class).isEmpty(), world.story());
        world.route(World.WAN1);
        world.advance(3 * World.SECOND);
        assertEquals(1, world.notes(NoteKind.OPENED).size(), world.story());
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
    }

    @Test
    void closesAnIncidentThatWaitsForAWayOutTooLongAndRefreshesInAnotherOne() {
        World world = World.withOnePeer(PortUse.FREE);
        world.route(World.NO_WAY, 1, 2);
        world.advance(3_600 * World.SECOND);
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
        assertEquals(Word.NO_WAY, world.word(world.peer()));
        long at = world.now;
        world.route(World.WAN1);
        assertEquals(
                at,
                world.done.stream()
                        .filter(timed -> timed.action() instanceof Refresh)
                        .findFirst()
                        .orElseThrow()
                        .at());
        world.advance(3 * World.SECOND);
        assertEquals(2, world.notes(NoteKind.CLOSED).size(), world.story());
        assertTrue(world.notes(NoteKind.PROVED).getFirst().what().contains("3600010 ms"), world.story());
    }

    @Test
    void doesNothingWhileTheUplinkIsDeadButThePathStays() {
        World world = World.withOnePeer(PortUse.FREE);
        world.dead.add(1);
        world.disturb(1);
        world.advance(5 * World.SECOND);
        assertTrue(world.all(Action.Repair.class).isEmpty(), world.story());
        assertEquals(Word.NO_WAY, world.word(world.peer()));
        world.dead.clear();
        world.disturb(1);
        world.advance(2 * World.SECOND);
        assertEquals(1, world.all(Refresh.class).size(), world.story());
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
    }

    @Test
    void takesAStormForOneIncident() {
        World world = World.withOnePeer(PortUse.FREE);
        for (int i = 0; i < 40; i++) {
            world.disturb(1);
            world.advance(5 * World.MS);
        }
        world.route(World.WAN2, 1);
        world.advance(3 * World.SECOND);
        assertEquals(1, world.notes(NoteKind.OPENED).size());
        assertEquals(1, world.notes(NoteKind.CLOSED).size());
    }
}
