package dev.reroam.recovery;

import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The machine slept, and works again. */
class WakingTest {

    @Test
    void everythingIsAskedAgainAndTheActiveTunnelIsProved() {
        World world = World.withOnePeer(PortUse.FREE);
        world.take(new Observation.Woke(3_600 * SECOND));
        assertEquals(1, world.all(Refresh.class).size(), world.story());
        assertEquals(1, world.all(Action.AskPaths.class).size());
        assertEquals(
                List.of("the machine slept for 3600 s"),
                world.notes(NoteKind.OPENED).stream().map(Action.Note::what).toList());
        world.advance(5 * SECOND);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
        assertEquals(40_000, world.devices.get("wg0").listenPort());
    }

    @Test
    void whoWasAsleepBeforeIsSentNothing() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        world.asleep("wg0", "peer");
        world.start();
        world.take(new Observation.Woke(60 * SECOND));
        world.advance(30 * SECOND);
        assertTrue(
                world.all(Refresh.class).stream()
                        .allMatch(refresh -> refresh.peers().isEmpty()),
                world.story());
        assertEquals(List.of(), world.all(Action.SendEcho.class));
    }

    @Test
    void aQuietTunnelGetsNothingButRefresh() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().probe = Optional.empty();
        world.read("wg0");
        world.take(new Observation.Woke(60 * SECOND));
        world.advance(60 * SECOND);
        assertEquals(List.of(), world.all(Action.Rebind.class), world.story());
        assertEquals(List.of(), world.all(Action.NewPort.class), world.story());
    }
}
