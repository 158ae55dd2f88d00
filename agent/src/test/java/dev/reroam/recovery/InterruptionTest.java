package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.Action.RepairOver;
import dev.reroam.recovery.Action.UnderRepair;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.Interrupted;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What one agent writes down of an incident, and what the next one makes of it. */
class InterruptionTest {

    private static final Interrupted REFRESHED = new Interrupted("wg0", List.of("peer"), Set.of());

    // Issue 2: a late packet over the old uplink became the source, and the new agent saw no change.
    @Test
    void refreshesATunnelAtOnceThatTheAgentBeforeLeftUnderRepair() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().using = World.WAN2;
        world.peer().passes = World.WAN1::equals;
        world.take(REFRESHED);
        assertInstanceOf(Refresh.class, world.done.getFirst().action(), world.story());
        world.advance(3 * World.SECOND);
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()));
    }

    @Test
    void doesNothingButRefreshATunnelThatCarriesAllTheSame() {
        World world = World.withOnePeer(PortUse.FREE);
        world.take(REFRESHED);
        world.advance(60 * World.SECOND);
        assertEquals(
                world.all(Refresh.class).size(), world.all(Action.Repair.class).size(), world.story());
        assertEquals(List.of(new RepairOver("wg0")), world.all(RepairOver.class));
    }

    // It was active when the change came; that the agent was away for longer is not the tunnel's doing.
    @Test
    void refreshesOneThatFellAsleepWhileThereWasNoAgent() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        world.active("wg0", "peer").handshakeAt = world.now - 3_600 * World.SECOND;
        world.start();
        world.take(REFRESHED);
        assertEquals(1, world.all(Refresh.class).getFirst().peers().size(), world.story());
    }

    @Test
    void rebindsAgainButLeavesNoPortASecondTime() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().passes = way -> false;
        world.take(new Interrupted("wg0", List.of("peer"), Set.of(Rung.NEW_PORT)));
        world.advance(120 * World.SECOND);
        assertEquals(1, world.all(Action.Rebind.class).size(), world.story());
        assertEquals(0, world.all(Action.NewPort.class).size(), world.story());
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()), world.story());
    }

    @Test
    void climbsAsEverWhenAnotherFaultComesRightAfterTheProof() {
        World world = World.withOnePeer(PortUse.FREE);
        world.take(new Interrupted("wg0", List.of("peer"), Set.of(Rung.NEW_PORT)));
        world.advance(World.SECOND / 2);
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
        world.peer().passes = way -> false;
        world.route(World.WAN2);
        world.advance(60 * World.SECOND);
        assertEquals(1, world.notes(NoteKind.OPENED).size(), world.story());
        assertEquals(1, world.all(Action.NewPort.class).size(), world.story());
    }

    @Test
    void strikesOutWhatIsAboutPeersThatAreGone() {
        World world = World.withOnePeer(PortUse.FREE);
        world.take(new Interrupted("wg0", List.of("somebody"), Set.of()));
        assertEquals(List.of(new RepairOver("wg0")), world.all(Action.class), world.story());
    }

    @Test
    void waitsWhereThereIsNoWayOut() {
        World world = World.withOnePeer(PortUse.FREE);
        world.route(World.NO_WAY, 1);
        world.done.clear();
        world.take(REFRESHED);
        assertEquals(0, world.all(Action.Repair.class).size(), world.story());
        world.route(World.WAN1);
        world.advance(World.SECOND / 2);
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void onlyWatchesADeviceThatMustNotBeSet() {
        var world = new World();
        world.device("wg0", DeviceKind.OBSERVED, PortUse.FREE);
        world.active("wg0", "peer");
        world.start();
        world.take(REFRESHED);
        world.advance(10 * World.SECOND);
        assertEquals(0, world.all(Action.Repair.class).size(), world.story());
        assertEquals(0, world.all(UnderRepair.class).size(), world.story());
        assertEquals(List.of(new RepairOver("wg0")), world.all(RepairOver.class));
    }

    @Test
    void writesDownBehindTheRefreshAndStrikesOutWhenTheIncidentIsClosed() {
        World world = World.withOnePeer(PortUse.FREE);
        DeviceFacts device = world.devices.get("wg0");
        world.route(World.WAN2);
        assertInstanceOf(Refresh.class, world.done.getFirst().action(), world.story());
        assertEquals(List.of(new UnderRepair(device, List.of("peer"), Set.of())), world.all(UnderRepair.class));
        world.advance(3 * World.SECOND);
        assertEquals(1, world.all(UnderRepair.class).size(), world.story());
        assertEquals(List.of(new RepairOver("wg0")), world.all(RepairOver.class));
    }

    @Test
    void writesANewPortDownBeforeItIsBegun() {
        World world = World.withOnePeer(PortUse.FREE);
        // It answered once, so silence says something.
        world.route(World.WAN2);
        world.advance(60 * World.SECOND);
        world.done.clear();
        world.peer().passes = way -> false;
        world.route(World.WAN1);
        world.advance(60 * World.SECOND);
        assertEquals(
                List.of(Set.of(), Set.of(Rung.NEW_PORT)),
                world.all(UnderRepair.class).stream().map(UnderRepair::tried).toList(),
                world.story());
        var actions = world.done.stream().map(World.Timed::action).toList();
        for (Action action : actions) {
            if (action instanceof Action.NewPort) {
                assertInstanceOf(UnderRepair.class, actions.get(actions.indexOf(action) - 1), world.story());
            }
        }
        assertTrue(world.all(Action.NewPort.class).size() == 1, world.story());
    }

    @Test
    void namesAThousandTunnelsOfOneChangeOnce() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FIXED);
        for (int i = 0; i < 1_000; i++) {
            world.active("wg0", "peer" + i);
        }
        world.start();
        world.route(World.WAN2);
        assertEquals(1, world.all(UnderRepair.class).size());
        assertEquals(1_000, world.all(UnderRepair.class).getFirst().peers().size());
    }
}
