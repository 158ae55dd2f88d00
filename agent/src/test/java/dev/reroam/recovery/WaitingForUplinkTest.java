package dev.reroam.recovery;

import static dev.reroam.recovery.SilentTest.carryingOverUplinksThatAnswer;
import static dev.reroam.recovery.SilentTest.servers;
import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tunnels that wait for an uplink which carries nothing: what ends that, and what does not. */
class WaitingForUplinkTest {

    /** The route led to wan2 and back while wan1's servers fell silent; nothing passes to the peer any more. */
    private static World backOnAnUplinkThatDied() {
        World world = carryingOverUplinksThatAnswer();
        servers(world, 2 * SECOND, index -> index == 2);
        world.route(World.WAN2);
        servers(world, 2 * SECOND, index -> index == 2);
        world.peer().passes = path -> false;
        world.route(World.WAN1);
        return world;
    }

    @Test
    void ourOwnRuleThatGoesIsNoSignThatADeadUplinkCarriesAgain() {
        World world = carryingOverUplinksThatAnswer();
        world.peer().passes = path -> false;
        servers(world, 60 * SECOND, index -> index == 2);
        assertEquals(1, world.all(Action.Steer.class).size(), world.story());
        assertEquals(1, world.all(Action.Unsteer.class).size(), world.story());
        assertEquals(List.of(), world.all(Action.Rebind.class), world.story());
        assertEquals(List.of(), world.all(Action.NewPort.class), world.story());
        assertEquals(TunnelStatus.Word.NO_WAY, world.word(world.peer()), world.story());
        world.peer().passes = World.WAN1::equals;
        servers(world, SECOND);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void whatWaitsForItsUplinkIsToldWhenItAnswersWhateverLedItThere() {
        World world = backOnAnUplinkThatDied();
        servers(world, 60 * SECOND, index -> index == 2);
        assertEquals(TunnelStatus.Word.NO_WAY, world.word(world.peer()), world.story());
        world.peer().passes = World.WAN1::equals;
        servers(world, SECOND);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void whatWaitsForADeadUplinkLeavesByAnotherThatAnswersFirst() {
        World world = backOnAnUplinkThatDied();
        servers(world, 20 * SECOND, index -> index == 2);
        servers(world, 40 * SECOND, index -> false);
        assertEquals(TunnelStatus.Word.NO_WAY, world.word(world.peer()), world.story());
        world.peer().passes = World.WAN2::equals;
        servers(world, 2 * SECOND);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(World.WAN2, world.peer().using, world.story());
    }
}
