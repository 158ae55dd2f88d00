package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTest {

    @Test
    void tellsWhatIsBeingTriedAndSinceWhen() {
        World world = World.withOnePeer(PortUse.FREE);
        long at = world.now;
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(World.SECOND);
        assertEquals(
                new TunnelStatus(Word.REPAIRING, Optional.of(Rung.REFRESH), at, ""),
                TunnelStatus.of(world.state.tunnels().get(world.peer().id), world.now, world.config));
    }

    @Test
    void callsATunnelAsleepAfterThreeMinutesWithoutALife() {
        World world = World.withOnePeer(PortUse.FREE);
        assertEquals(Word.CARRYING, world.word(world.peer()));
        world.advance(60 * World.SECOND);
        assertEquals(Word.ASLEEP, world.word(world.peer()));
    }

    @Test
    void explainsWhatWasAskedAnsweredDecidedAndProved() {
        World world = World.withOnePeer(PortUse.FREE);
        world.route(World.WAN2);
        world.advance(3 * World.SECOND);
        Explanation explanation = Explanation.of(world.state, world.peer().id, world.now, world.config)
                .orElseThrow();
        assertEquals("wan2 via 192.0.2.2 from 192.0.2.102", explanation.answer());
        assertEquals("path changed, affected: refresh, 3000 ms ago", explanation.rule());
        assertEquals("echo answered, 2990 ms ago", explanation.proof());
        assertTrue(explanation.standing().startsWith("carrying, since"), explanation.standing());
    }

    @Test
    void explainsOnlyWhatItKnows() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer peer = world.asleep("wg0", "peer");
        peer.endpoint = Optional.empty();
        world.read("wg0");
        Explanation explanation =
                Explanation.of(world.state, peer.id, world.now, world.config).orElseThrow();
        assertEquals("not asked yet", explanation.answer());
        assertEquals("none yet", explanation.proof());
        assertEquals(
                Optional.empty(), Explanation.of(world.state, new TunnelId("wg9", "peer"), world.now, world.config));
    }
}
