package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
        world.take(new Observation.MtuSeen(asked.tunnel(), asked.incident(), (Path.Via) World.WAN2, 1420, 1480, 1452));
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

    private static void seen(World world, String peer, Path way, int largest, int passes) {
        world.take(
                new Observation.MtuSeen(new TunnelId("wg0", peer), 1, (Path.Via) way, largest - 60, largest, passes));
        world.advance(World.SECOND);
    }

    /** From what to what, and what it was first. */
    private static List<List<Integer>> set(World world) {
        return world.all(Action.SetMtu.class).stream()
                .map(set -> List.of(set.from(), set.to(), set.former()))
                .toList();
    }

    private static OptionalInt asked(World world) {
        return world.all(Action.MeasureMtu.class).getLast().former();
    }

    @Test
    void isAskedAsSoonAsAWayIsKnown() {
        World world = clamping("peer");
        world.active("wg0", "late");
        world.read("wg0");
        var late = new Observation.PathAnswer(new TunnelId("wg0", "late"), World.WAN1);
        world.take(new Observation.PathsSeen(List.of(), Set.of(), Set.of(), List.of(late)));
        var asked = world.all(Action.MeasureMtu.class).getFirst();
        assertEquals("late", asked.tunnel().peer());
        assertEquals(World.WAN1, asked.way());
        assertEquals(0, asked.incident());
    }

    @Test
    void isLoweredWhereThatIsWantedAndComesBackWithTheWay() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        assertEquals(OptionalInt.empty(), asked(world));
        seen(world, "peer", World.WAN2, 1480, 1452);
        assertEquals(List.of(List.of(1420, 1392, 1420)), set(world), world.story());
        assertTrue(world.notes(NoteKind.SEEN).getLast().what().endsWith("is 28 too large there"), world.story());
        moved(world, World.WAN1);
        assertEquals(List.of(List.of(1392, 1420, 1420)), set(world), world.story());
        moved(world, World.WAN2);
        assertEquals(OptionalInt.empty(), asked(world));
        seen(world, "peer", World.WAN2, 1480, 1452);
        assertEquals(List.of(List.of(1420, 1392, 1420)), set(world), world.story());
    }

    /** Somebody in front has changed it, and nothing else of the way. */
    @Test
    void comesBackWhereTheSameWayTakesMore() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        seen(world, "peer", World.WAN2, 1480, 1452);
        world.seen(2, "", "203.0.113.2");
        world.seen(2, "203.0.113.2", "203.0.113.9");
        world.advance(20 * World.SECOND);
        assertEquals(OptionalInt.of(1420), asked(world), world.story());
        seen(world, "peer", World.WAN2, 1480, 1480);
        assertEquals(List.of(List.of(1420, 1392, 1420), List.of(1392, 1420, 1420)), set(world), world.story());
    }

    @Test
    void whatIsSeenTooLateIsOfAWayThatItTakesNoMore() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        moved(world, World.WAN1);
        seen(world, "peer", World.WAN2, 1480, 1452);
        assertEquals(List.of(), set(world), world.story());
    }

    @Test
    void isNotSetAgainWhereItIsSmallEnough() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        seen(world, "peer", World.WAN2, 1480, 1452);
        seen(world, "peer", World.WAN2, 1480, 1452);
        assertEquals(1, set(world).size(), world.story());
    }

    @Test
    void isWhatFitsTheSmallestOfItsWays() {
        World world = clamping("a", "b");
        moved(world, World.WAN2);
        seen(world, "a", World.WAN2, 1480, 1452);
        seen(world, "b", World.WAN2, 1480, 1400);
        seen(world, "b", World.WAN2, 1480, 1480);
        seen(world, "a", World.WAN2, 1480, 1480);
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
        seen(world, "peer", World.WAN2, 1480, 576);
        assertEquals(List.of(List.of(1420, 1280, 1420)), set(world), world.story());
    }

    @Test
    void aPeerThatIsGoneNeedsNothing() {
        World world = clamping("a", "b");
        moved(world, World.WAN2);
        seen(world, "a", World.WAN2, 1480, 1400);
        world.take(new Observation.DeviceSeen(world.devices.get("wg0"), List.of(), List.of("a")));
        world.advance(World.SECOND);
        assertEquals(List.of(List.of(1420, 1340, 1420), List.of(1340, 1420, 1420)), set(world), world.story());
    }

    /** The next waits for the end of the one before, and goes by what came of it. */
    @Test
    void oneChangeIsMadeAtATime() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        world.take(new Observation.MtuSeen(new TunnelId("wg0", "peer"), 1, (Path.Via) World.WAN2, 1420, 1480, 1452));
        world.take(new Observation.MtuSeen(new TunnelId("wg0", "peer"), 1, (Path.Via) World.WAN2, 1420, 1480, 1400));
        assertEquals(1, set(world).size(), world.story());
        world.advance(World.SECOND);
        assertEquals(List.of(List.of(1420, 1392, 1420), List.of(1392, 1340, 1420)), set(world), world.story());
    }

    @Test
    void whatWasRefusedIsNotTriedAgainBeforeAnotherIsNeeded() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        world.outcome = new Observation.RepairOutcome.Refused("set MTU", "EPERM", "");
        seen(world, "peer", World.WAN2, 1480, 1452);
        world.outcome = new Observation.RepairOutcome.Done();
        seen(world, "peer", World.WAN2, 1480, 1452);
        assertEquals(List.of(List.of(1420, 1392, 1420)), set(world), world.story());
        seen(world, "peer", World.WAN2, 1480, 1400);
        assertEquals(List.of(List.of(1420, 1392, 1420), List.of(1420, 1340, 1420)), set(world), world.story());
    }

    @Test
    void whatSomebodyElseHasSetSinceIsNotOurs() {
        World world = clamping("peer");
        moved(world, World.WAN2);
        seen(world, "peer", World.WAN2, 1480, 1452);
        world.outcome = new Observation.RepairOutcome.NotNeeded("somebody else has set the MTU to 1300");
        moved(world, World.WAN1);
        assertEquals(List.of(List.of(1392, 1420, 1420)), set(world), world.story());
        assertEquals(Optional.empty(), world.state.devices().get("wg0").clamp());
    }
}
