package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MtusTest {

    @Test
    void isAskedWhenTheTunnelCarriesByAnotherWay() {
        World world = World.withOnePeer(PortUse.FIXED);
        world.route(World.WAN2);
        world.advance(World.SECOND);
        var asked = world.all(Action.MeasureMtu.class);
        assertEquals(1, asked.size(), world.story());
        assertEquals(World.WAN2, asked.getFirst().way());
        assertEquals(10, asked.getFirst().interfaceIndex());
    }

    @Test
    void isNotAskedWhereItsWayIsTheSame() {
        World world = World.withOnePeer(PortUse.FIXED);
        world.take(new Observation.RecoverAsked(new Observation.Meant.Everything()));
        world.advance(World.SECOND);
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
        assertEquals(List.of(), world.all(Action.MeasureMtu.class));
    }

    /** The incident is over by then, mostly. */
    @Test
    void thatTheyDoNotFitIsSaidInItsIncident() {
        World world = World.withOnePeer(PortUse.FIXED);
        world.route(World.WAN2);
        world.advance(5 * World.SECOND);
        var asked = world.all(Action.MeasureMtu.class).getFirst();
        world.take(new Observation.MtuSeen(asked.tunnel(), asked.incident(), "wan2", 1420, 1480, 1452));
        var said = world.notes(NoteKind.SEEN).getLast();
        assertEquals(asked.incident(), said.incident());
        assertTrue(said.what().endsWith("1452 do: the MTU of wg0 is 28 too large there"), said.what());
        assertTrue(world.state.incident().isEmpty());
        assertEquals(List.of(), world.all(Action.SetMtu.class));
    }

    private static World clamping(String... peers) {
        var world = new World(Ladder.standard(), RecoveryConfig.standard(false, true));
        world.device("wg0", DeviceKind.KERNEL, PortUse.FIXED);
        for (String peer : peers) {
            world.active("wg0", peer);
        }
        world.start();
        return world;
    }

    private static void moved(World world, Path to) {
        world.done.clear();
        world.route(to);
        world.advance(20 * World.SECOND);
        assertFalse(world.all(Action.MeasureMtu.class).isEmpty(), world.story());
    }

    private static void seen(World world, String peer, String over, int largest, int passes) {
        world.take(new Observation.MtuSeen(new TunnelId("wg0", peer), 1, over, largest - 60, largest, passes));
    }

    /** From what to what, and what it was first. */
    private static List<List<Integer>> set(World world) {
        return world.all(Action.SetMtu.class).stream()
                .map(set -> List.of(set.from(), set.to(), set.former()))
                .toList();
    }

    @Test
    void isLoweredWhereThatIsWantedAndComesBackWithTheWay() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        assertEquals(
                OptionalInt.empty(),
                world.all(Action.MeasureMtu.class).getFirst().former());
        seen(world, "peer", "wan2", 1480, 1452);
        assertEquals(List.of(List.of(1420, 1392, 1420)), set(world), world.story());
        assertTrue(
                world.notes(NoteKind.STEP).getLast().what().endsWith("the MTU of wg0 becomes 1392 instead of 1420"),
                world.story());
        moved(world, World.WAN1);
        assertEquals(
                OptionalInt.of(1420),
                world.all(Action.MeasureMtu.class).getFirst().former());
        seen(world, "peer", "wan1", 1480, 1480);
        assertEquals(List.of(List.of(1392, 1420, 1420)), set(world), world.story());
        moved(world, World.WAN2);
        assertEquals(
                OptionalInt.empty(),
                world.all(Action.MeasureMtu.class).getFirst().former());
    }

    @Test
    void isNotSetAgainWhereItIsSmallEnough() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        seen(world, "peer", "wan2", 1480, 1452);
        seen(world, "peer", "wan2", 1480, 1452);
        assertEquals(1, set(world).size(), world.story());
    }

    @Test
    void isWhatFitsTheSmallestOfItsWays() {
        World world = clamping("a", "b");
        moved(world, World.WAN2);
        seen(world, "a", "wan2", 1480, 1452);
        seen(world, "b", "wan2", 1480, 1400);
        seen(world, "b", "wan1", 1480, 1480);
        seen(world, "a", "wan1", 1480, 1480);
        assertEquals(
                List.of(
                        List.of(1420, 1392, 1420),
                        List.of(1392, 1340, 1420),
                        List.of(1340, 1392, 1420),
                        List.of(1392, 1420, 1420)),
                set(world),
                world.story());
    }

    @Test
    void isNeverLessThanIpv6Takes() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        seen(world, "peer", "wan2", 1480, 576);
        assertEquals(List.of(List.of(1420, 1280, 1420)), set(world), world.story());
    }

    /** Nobody would take back what is set on behalf of one that is gone. */
    @Test
    void aPeerThatIsGoneNeedsNothing() {
        World world = clamping("a", "b");
        moved(world, World.WAN2);
        seen(world, "a", "wan2", 1480, 1400);
        world.take(new Observation.DeviceSeen(world.devices.get("wg0"), List.of(), List.of("a")));
        seen(world, "b", "wan2", 1480, 1452);
        assertEquals(List.of(List.of(1420, 1340, 1420), List.of(1340, 1392, 1420)), set(world), world.story());
    }
}
