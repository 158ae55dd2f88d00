package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RestartOwnerTest {

    private static World world(PortUse use) {
        var world = new World();
        world.restartable("wg0", use, 10);
        world.active("wg0", "peer");
        return world;
    }

    private static void fails(World world) {
        world.peers.values().forEach(peer -> peer.passes = path -> false);
        world.route(World.WAN2);
        world.advance(150 * World.SECOND);
    }

    /** The device goes with the restart, and comes back as another one half a second later. */
    private static void remakes(World world, boolean heals) {
        world.restarting = () -> world.later(World.MS, () -> {
            world.take(new Observation.DeviceGone("wg0", "is not there"));
            world.later(500 * World.MS, () -> {
                world.restartable("wg0", PortUse.FREE, 20);
                world.peers.values().forEach(peer -> {
                    peer.handshakeAt = 0;
                    peer.passes = path -> heals;
                });
                world.read("wg0");
            });
        });
    }

    private static int at(World world, Action action) {
        return world.done.stream().map(World.Timed::action).toList().indexOf(action);
    }

    @Test
    void isTheLastThingBeforeAPersonAndHappensOnce() {
        World world = world(PortUse.FREE);
        world.start();
        fails(world);
        assertEquals(1, world.all(Action.RestartOwner.class).size(), world.story());
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()));
        assertTrue(world.notes(NoteKind.GAVE_UP).getFirst().what().contains("restart owner"), world.story());
        assertTrue(
                at(world, world.all(Action.NewPort.class).getFirst())
                        < at(world, world.all(Action.RestartOwner.class).getFirst()),
                world.story());
    }

    @Test
    void waitsAsLongAsWireGuardItselfTries() {
        World world = world(PortUse.FIXED);
        world.start();
        long from = world.now;
        fails(world);
        long at = world.done
                .get(at(world, world.all(Action.RestartOwner.class).getFirst()))
                .at();
        assertTrue(at - from >= 90 * World.SECOND && at - from < 91 * World.SECOND, world.story());
    }

    @Test
    void oneThatComesBackMeanwhileIsLeftAlone() {
        World world = world(PortUse.FIXED);
        world.start();
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(60 * World.SECOND);
        world.peer().passes = path -> true;
        world.peer().handshakeAt = world.now;
        world.advance(90 * World.SECOND);
        assertEquals(List.of(), world.all(Action.RestartOwner.class), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void itsPortMayBeFixed() {
        World world = world(PortUse.FIXED);
        world.start();
        fails(world);
        assertEquals(List.of(), world.all(Action.NewPort.class));
        assertEquals(1, world.all(Action.RestartOwner.class).size(), world.story());
    }

    @Test
    void theNewDeviceIsProved() {
        World world = world(PortUse.FREE);
        world.start();
        remakes(world, true);
        fails(world);
        assertEquals(1, world.all(Action.RestartOwner.class).size(), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
    }

    @Test
    void aDeviceThatItDidNotHelpIsNotRestartedAgain() {
        World world = world(PortUse.FREE);
        world.start();
        remakes(world, false);
        fails(world);
        assertEquals(1, world.all(Action.RestartOwner.class).size(), world.story());
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()), world.story());
    }

    @Test
    void standsWrittenFromBeforeItUntilTheIncidentIsOver() {
        World world = world(PortUse.FREE);
        world.start();
        remakes(world, true);
        fails(world);
        var written = world.all(Action.UnderRepair.class).stream()
                .filter(action -> action.tried().contains(Rung.RESTART_OWNER))
                .findFirst()
                .orElseThrow();
        int restart = at(world, world.all(Action.RestartOwner.class).getFirst());
        assertTrue(at(world, written) < restart, world.story());
        int over = at(world, world.all(Action.RepairOver.class).getLast());
        int proved = at(world, world.notes(NoteKind.PROVED).getLast());
        assertTrue(over > proved, world.story());
    }

    @Test
    void isNotDoneAgainByTheAgentAfterThisOne() {
        World world = world(PortUse.FREE);
        world.start();
        world.take(new Observation.Interrupted("wg0", List.of("peer"), Set.of(Rung.RESTART_OWNER)));
        fails(world);
        assertEquals(List.of(), world.all(Action.RestartOwner.class), world.story());
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()));
    }

    @Test
    void isNotDoneWhereAnotherPeerCarriesOrIsMerelyQuiet() {
        World world = world(PortUse.FREE);
        World.Peer other = world.active("wg0", "other");
        world.start();
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(120 * World.SECOND);
        assertEquals(Word.CARRYING, world.word(other), world.story());
        assertEquals(List.of(), world.all(Action.RestartOwner.class), world.story());
    }

    @Test
    void whatItsOwnerSaidIsToldToThePerson() {
        World world = world(PortUse.FIXED);
        world.start();
        world.restarting = () -> world.outcome = new RepairOutcome.Refused("'ifup wg0'", "exit 1", "no such network");
        fails(world);
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()));
        var why = world.notes(NoteKind.GAVE_UP).getFirst().what();
        assertTrue(why.contains("'ifup wg0' was refused: exit 1 (no such network)"), why);
    }
}
