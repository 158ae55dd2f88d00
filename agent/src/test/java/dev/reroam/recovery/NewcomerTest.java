package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Observation.PathsSeen;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Issue 2: a device that is new, or was re-created, and whose way changes before much is known of it. */
class NewcomerTest {

    private static final long SHOOK_BEFORE = 500 * World.MS;

    private final World world = new World();

    private World.Peer comesUp() {
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer peer = world.asleep("wg0", "peer");
        peer.handshakeAt = world.now - SHOOK_BEFORE;
        return peer;
    }

    private void firstAnswer(World.Peer peer, Path way) {
        peer.way = way;
        world.take(new PathsSeen(List.of(), Set.of(), Set.of(), List.of(new PathAnswer(peer.id, way))));
    }

    private int refreshed() {
        return world.all(Refresh.class).stream()
                .mapToInt(refresh -> refresh.peers().size())
                .sum();
    }

    @Test
    void isAffectedByAChangeRightAfterItsFirstReadingIfItHasShakenHands() {
        World.Peer peer = comesUp();
        world.read("wg0");
        firstAnswer(peer, World.WAN1);
        world.advance(100 * World.MS);
        world.route(World.WAN2);
        assertEquals(1, refreshed(), world.story());
    }

    @Test
    void isAffectedByAChangeThatCameBeforeItsFirstReading() {
        World.Peer peer = comesUp();
        world.disturb(1);
        world.advance(300 * World.MS);
        world.read("wg0");
        firstAnswer(peer, World.WAN2);
        assertEquals(1, refreshed(), world.story());
    }

    @Test
    void isAffectedByAChangeThatItsFirstAnswerShowedBeforeItWasAnnounced() {
        World.Peer peer = comesUp();
        world.read("wg0");
        firstAnswer(peer, World.WAN2);
        world.advance(5 * World.MS);
        world.disturb(1);
        assertEquals(1, refreshed(), world.story());
    }

    @Test
    void isAffectedWhenItCameBackWhereItsOldPathIsRemembered() {
        World.Peer peer = comesUp();
        world.read("wg0");
        firstAnswer(peer, World.WAN1);
        world.advance(10 * World.SECOND);
        world.take(new Observation.DeviceGone("wg0", "re-created"));
        peer.handshakeAt = world.now + 100 * World.MS;
        world.advance(200 * World.MS);
        world.disturb(2);
        world.advance(200 * World.MS);
        world.take(new Observation.DeviceSeen(world.devices.get("wg0"), List.of(peer.facts()), List.of()));
        assertEquals(1, refreshed(), world.story());
    }

    @Test
    void isLeftAloneIfItShookHandsAfterTheChange() {
        World.Peer peer = comesUp();
        peer.handshakeAt = world.now + 100 * World.MS;
        world.disturb(1);
        world.advance(300 * World.MS);
        world.read("wg0");
        firstAnswer(peer, World.WAN2);
        world.advance(20 * World.SECOND);
        assertEquals(0, refreshed(), world.story());
    }

    @Test
    void isLeftAloneIfItIsAsleep() {
        World.Peer peer = comesUp();
        peer.handshakeAt = world.now - 181 * World.SECOND;
        world.read("wg0");
        firstAnswer(peer, World.WAN2);
        world.disturb(1);
        world.advance(20 * World.SECOND);
        assertEquals(0, refreshed(), world.story());
    }

    @Test
    void isNoNewcomerForLong() {
        World.Peer peer = comesUp();
        world.read("wg0");
        firstAnswer(peer, World.WAN2);
        world.advance(2 * World.SECOND);
        world.disturb(1);
        world.advance(20 * World.SECOND);
        assertEquals(0, refreshed(), world.story());
    }
}
