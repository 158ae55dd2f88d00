package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlapTest {

    private static final Path WAN1_ANEW = anew(World.WAN1);
    private static final Path WAN2_ANEW = anew(World.WAN2);

    @Test
    void followsTwoChangesAtOnceAndHoldsTheThirdForASecond() {
        World world = World.withOnePeer(PortUse.FREE);
        flap(world, 3, 300);
        assertEquals(2, world.all(Refresh.class).size(), world.story());
        world.advance(700 * World.MS);
        assertEquals(3, world.all(Refresh.class).size(), world.story());
    }

    @Test
    void doublesTheHoldWithEachFurtherChangeUpToTenSeconds() {
        World world = World.withOnePeer(PortUse.FREE);
        flap(world, 30, 300);
        assertEquals(2, world.all(Refresh.class).size(), world.story());
        long last = world.now - 300 * World.MS;
        world.advance(20 * World.SECOND);
        List<World.Timed> refreshes = world.done.stream()
                .filter(timed -> timed.action() instanceof Refresh)
                .toList();
        assertEquals(3, refreshes.size(), world.story());
        assertEquals(last + 10 * World.SECOND, refreshes.getLast().at());
        assertEquals(1, world.notes(NoteKind.OPENED).size());
        assertEquals(1, world.notes(NoteKind.CLOSED).size());
    }

    @Test
    void neverWaitsToLeaveAPathThatLostSomething() {
        World world = World.withOnePeer(PortUse.FREE);
        flap(world, 2, 300);
        world.done.clear();
        long at = world.now;
        world.route(World.WAN2, 1);
        assertEquals(at, world.done.getFirst().at());
        assertTrue(world.done.getFirst().action() instanceof Refresh, world.story());
    }

    @Test
    void endsTheHoldWhenThePathThatIsStillUsedDies() {
        World world = World.withOnePeer(PortUse.FREE);
        flap(world, 3, 300);
        world.done.clear();
        // The third change led away from wan1: that is what the tunnel is still on.
        world.dead.add(1);
        world.disturb(1);
        assertTrue(world.done.getFirst().action() instanceof Refresh, world.story());
    }

    @Test
    void endsTheHoldWhenAWayIsLostThatAnUnansweredRefreshMayHaveTaken() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().passes = path -> false;
        world.peer().echoes = false;
        flap(world, 3, 300);
        world.done.clear();
        // It is held on wan1; but nothing has come back that would keep it there, and what it sent since left by wan2.
        world.route(World.WAN1, 2);
        assertTrue(world.done.getFirst().action() instanceof Refresh, world.story());
    }

    @Test
    void keepsToTheHoldWhenTheWayIsLostThatAnAnsweredTunnelIsNotOn() {
        World world = World.withOnePeer(PortUse.FREE);
        flap(world, 3, 300);
        world.done.clear();
        world.route(World.WAN1, 2);
        assertEquals(List.of(), world.all(Refresh.class), world.story());
    }

    @Test
    void followsAnotherGatewayOfTheUplinkThatItIsHeldOnAtOnceButNotItsReturn() {
        World world = World.withOnePeer(PortUse.FREE);
        // The fourth change leads back to wan1, which the tunnel has been on throughout.
        flap(world, 4, 300);
        world.done.clear();
        long at = world.now;
        world.route(WAN1_ANEW);
        assertEquals(
                List.of(at),
                world.done.stream()
                        .filter(timed -> timed.action() instanceof Refresh)
                        .map(World.Timed::at)
                        .toList(),
                world.story());
        world.advance(300 * World.MS);
        world.done.clear();
        world.route(World.WAN1);
        world.advance(300 * World.MS);
        assertEquals(List.of(), world.all(Refresh.class), world.story());
    }

    @Test
    void anotherGatewayOfTheUplinkThatItIsNotOnIsAChangeAsAnyOther() {
        World world = World.withOnePeer(PortUse.FREE);
        flap(world, 3, 300);
        world.done.clear();
        world.route(WAN2_ANEW);
        world.advance(300 * World.MS);
        assertEquals(List.of(), world.all(Refresh.class), world.story());
    }

    @Test
    void forgetsFlapsAfterTenQuietSeconds() {
        World world = World.withOnePeer(PortUse.FREE);
        flap(world, 2, 300);
        world.advance(10 * World.SECOND);
        world.done.clear();
        flap(world, 2, 300);
        assertEquals(2, world.all(Refresh.class).size(), world.story());
    }

    @Test
    void holdsAnewWithEachChangeThoughThePeerMovedMeanwhile() {
        World world = World.withOnePeer(PortUse.FREE);
        flap(world, 3, 300);
        world.peer().endpoint = Optional.of(new Endpoint(IpAddress.parse("198.51.100.2"), 51820));
        world.read("wg0");
        flap(world, 2, 200);
        world.done.clear();
        world.advance(World.SECOND);
        assertEquals(List.of(), world.all(Refresh.class), world.story());
    }

    @Test
    void refreshesADeviceAtMostEveryTwentyMillis() {
        World world = World.withOnePeer(PortUse.FREE);
        for (int i = 0; i < 200; i++) {
            world.route(i % 2 == 0 ? World.WAN2 : World.WAN1, 1, 2);
            world.advance(World.MS);
        }
        List<World.Timed> refreshes = world.done.stream()
                .filter(timed -> timed.action() instanceof Refresh)
                .toList();
        for (int i = 1; i < refreshes.size(); i++) {
            assertTrue(refreshes.get(i).at() - refreshes.get(i - 1).at() >= 20 * World.MS, world.story());
        }
        assertTrue(refreshes.size() >= 9, () -> "only " + refreshes.size());
    }

    private static void flap(World world, int changes, long everyMillis) {
        for (int i = 0; i < changes; i++) {
            world.route(world.peer().way.equals(World.WAN1) ? World.WAN2 : World.WAN1);
            world.advance(everyMillis * World.MS);
        }
    }

    private static Path anew(Path before) {
        var via = (Path.Via) before;
        return new Path.Via(
                via.interfaceIndex(), via.interfaceName(), Optional.of(IpAddress.parse("192.0.2.77")), via.source());
    }
}
