package dev.reroam.recovery;

import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.SendEcho;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RecoverAsked;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A tunnel was given up, and the far side comes back without a word. */
class AskingAgainTest {

    private final World world = World.withOnePeer(PortUse.FREE);

    private void giveUp() {
        world.peer().passes = path -> false;
        world.take(new RecoverAsked(new Observation.Meant.Everything()));
        world.advance(120 * SECOND);
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()), world.story());
        world.done.clear();
    }

    /** The counters stand still. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            world.advance(SECOND);
            world.count("wg0", 0);
        }
    }

    @Test
    void noPersonIsNeededAnyMoreSoonAfterItCarriesAgain() {
        giveUp();
        pass(2);
        world.peer().passes = path -> true;
        pass(15);
        world.advance(SECOND);
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void costsAnEchoEveryFifteenSecondsAndNoRepair() {
        giveUp();
        pass(600);
        int echoes = world.all(SendEcho.class).size();
        assertTrue(echoes >= 39 && echoes <= 40, world::story);
        assertEquals(0, world.all(Action.Repair.class).size(), world.story());
    }

    /** The address that was last seen in it may be nobody's by now. */
    @Test
    void whereThereIsNobodyKnownToAskSomebodyBehindItIsAskedInTurn() {
        world.peer().probe = Optional.empty();
        world.peer().lastSeen = Optional.of(IpAddress.parse("10.0.0.9"));
        world.peer().everything = Set.of(IpFamily.V4);
        world.read("wg0");
        giveUp();
        pass(60);
        assertEquals(2, world.all(SendEcho.class).size(), world.story());
        assertEquals(2, world.all(Action.AskThroughTunnel.class).size(), world.story());
    }

    @Test
    void whoIsAsleepIsNotWoken() {
        world.peer().keepalive = 0;
        world.read("wg0");
        giveUp();
        pass(600);
        assertTrue(world.all(SendEcho.class).size() <= 180 / 15, world::story);
    }
}
