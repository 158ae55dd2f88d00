package dev.reroam.recovery;

import static dev.reroam.recovery.World.MS;
import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A flow from before a change of the path holds the tunnel on the way before. */
class ForgettingTest {

    private final boolean[] stale = {false};

    /** Each answered an echo after a change before; the next change finds them on a flow that stays. */
    private World held(int peers, long roundTrip) {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        for (int i = 0; i < peers; i++) {
            World.Peer peer = world.active("wg0", "peer" + (char) ('a' + i));
            peer.roundTrip = roundTrip;
            peer.passes = path -> !stale[0];
        }
        world.start();
        world.route(World.WAN2);
        world.advance(20 * SECOND);
        assertTrue(world.peers.values().stream().allMatch(peer -> world.word(peer) == Word.CARRYING), world.story());
        world.done.clear();
        stale[0] = true;
        world.flows = new RepairOutcome.Done();
        world.forgetting = () -> stale[0] = false;
        return world;
    }

    private static long at(World world, Class<? extends Action> kind) {
        return world.done.stream()
                .filter(timed -> kind.isInstance(timed.action()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(world.story()))
                .at();
    }

    @Test
    void isForgottenAsSoonAsTheAnswerIsLate() {
        World world = held(1, 10 * MS);
        long from = world.now;
        world.route(World.WAN1);
        world.advance(200 * MS);
        assertEquals(100 * MS, at(world, Action.ForgetFlows.class) - at(world, Action.Refresh.class));
        assertTrue(at(world, Action.ForgetFlows.class) - from <= 150 * MS, world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        world.advance(20 * SECOND);
        assertEquals(1, world.all(Action.ForgetFlows.class).size(), world.story());
        assertEquals(List.of(), world.all(Action.Rebind.class));
        assertEquals(List.of(), world.all(Action.NewPort.class));
    }

    /** Nobody has asked it anything before: the first change of its life. */
    private World unasked(boolean busy) {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer peer = world.active("wg0", "peer");
        peer.passes = path -> !stale[0];
        world.start();
        if (busy) {
            world.traffic("wg0", 4);
        }
        world.done.clear();
        stale[0] = true;
        world.flows = new RepairOutcome.Done();
        world.forgetting = () -> stale[0] = false;
        world.route(World.WAN2);
        return world;
    }

    @Test
    void isForgottenWhereWhatWasCarriedDoesNotComeAnyMore() {
        World world = unasked(true);
        world.advance(50 * MS);
        world.count("wg0", 5);
        world.advance(150 * MS);
        assertEquals(100 * MS, at(world, Action.ForgetFlows.class) - at(world, Action.Refresh.class));
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void nothingIsLookedForWhereNobodyKnowsWhetherAnAnswerComes() {
        World world = unasked(false);
        world.advance(10 * SECOND);
        assertTrue(stale[0], world.story());
        assertEquals(List.of(), world.all(Action.ForgetFlows.class), world.story());
    }

    @Test
    void isForgottenWhereWeChangedTheWayOurselvesBeforeThatIsTakenBack() {
        World world = held(1, 10 * MS);
        stale[0] = false;
        world.route(World.WAN1);
        world.advance(20 * SECOND);
        world.ways();
        world.traffic("wg0", 3);
        world.done.clear();
        stale[0] = true;
        world.traffic("wg0", 2);
        assertEquals(1, world.all(Action.Steer.class).size(), world.story());
        assertEquals(1, world.all(Action.ForgetFlows.class).size(), world.story());
        assertEquals(
                World.WAN2,
                world.all(Action.ForgetFlows.class)
                        .getFirst()
                        .flows()
                        .getFirst()
                        .way());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(List.of(), world.all(Action.Unsteer.class), world.story());
    }

    @Test
    void aFarTunnelGetsTwoOfItsRoundTrips() {
        World world = held(1, 300 * MS);
        world.route(World.WAN1);
        world.advance(2 * SECOND);
        assertEquals(600 * MS, at(world, Action.ForgetFlows.class) - at(world, Action.Refresh.class));
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void nothingIsLookedForWhereTheAnswerCame() {
        World world = held(1, 10 * MS);
        stale[0] = false;
        world.route(World.WAN1);
        world.advance(20 * SECOND);
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(List.of(), world.all(Action.ForgetFlows.class));
    }

    @Test
    void whereNothingIsStaleTheLadderGoesOnAsBeforeAndDoesNotLookAgain() {
        World world = held(1, 10 * MS);
        world.flows = new RepairOutcome.NotNeeded("no flow is stale");
        world.forgetting = () -> {};
        world.route(World.WAN1);
        world.advance(900 * MS);
        assertEquals(List.of(), world.all(Action.Rebind.class), world.story());
        world.advance(200 * MS);
        assertEquals(SECOND, at(world, Action.Rebind.class) - at(world, Action.Refresh.class));
        world.advance(60 * SECOND);
        assertEquals(1, world.all(Action.ForgetFlows.class).size(), world.story());
        assertEquals(1, world.all(Action.NewPort.class).size(), world.story());
    }

    @Test
    void manyThatAreLateAtOnceAreNotAskedFor() {
        World world = held(9, 10 * MS);
        world.route(World.WAN1);
        world.advance(900 * MS);
        assertEquals(List.of(), world.all(Action.ForgetFlows.class), world.story());
        world.advance(20 * SECOND);
        // On its own rung it is run for all.
        assertEquals(9, world.all(Action.ForgetFlows.class).getFirst().flows().size());
        assertFalse(stale[0]);
    }

    @Test
    void anOutcomeThatComesAfterTheProofChangesNothing() {
        World world = held(1, 10 * MS);
        world.forgetting = () -> {};
        world.route(World.WAN1);
        world.advance(100 * MS);
        long repair = world.all(Action.ForgetFlows.class).getFirst().repair();
        stale[0] = false;
        world.advance(SECOND);
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        world.done.clear();
        world.take(new Observation.RepairEnded(repair, new RepairOutcome.Done()));
        assertEquals(List.of(), world.all(Action.Repair.class));
    }
}
