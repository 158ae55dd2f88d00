package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.List;
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
        world.take(new Observation.MtuSeen(asked.tunnel(), asked.incident(), "wan2", 1480, 1452));
        var said = world.notes(NoteKind.SEEN).getLast();
        assertEquals(asked.incident(), said.incident());
        assertTrue(said.what().endsWith("1452 do: the MTU of wg0 is 28 too large there"), said.what());
        assertTrue(world.state.incident().isEmpty());
    }
}
