package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.PeerRefresh;
import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThousandPeersTest {

    @Test
    void refreshesAThousandInPartsTheMostRecentFirst() {
        World world = hub(1_000, 0);
        long at = world.now;
        world.route(World.WAN2, 1);
        Refresh first = world.all(Refresh.class).getFirst();
        assertEquals(100, first.peers().size());
        assertEquals("peer0999", first.peers().getFirst().key());
        world.advance(45 * World.MS);
        var refreshed = new HashSet<String>();
        for (World.Timed timed : world.done) {
            if (timed.action() instanceof Refresh refresh && timed.at() <= at + 45 * World.MS) {
                refresh.peers().stream().map(PeerRefresh::key).forEach(refreshed::add);
            }
        }
        assertEquals(1_000, refreshed.size());
        world.advance(3 * World.SECOND);
        assertEquals(1_000, world.notes(NoteKind.PROVED).size());
        assertEquals(21, world.notes(NoteKind.AFFECTED).size());
        assertEquals(1, world.notes(NoteKind.CLOSED).size());
    }

    @Test
    void leavesNineHundredAndNinetySleepersAlone() {
        World world = hub(10, 990);
        world.route(World.WAN2, 1);
        world.advance(20 * World.SECOND);
        List<PeerRefresh> sent = world.all(Refresh.class).stream()
                .flatMap(refresh -> refresh.peers().stream())
                .toList();
        assertTrue(sent.stream().allMatch(peer -> peer.key().startsWith("peer")));
        assertEquals(10, world.notes(NoteKind.PROVED).size());
    }

    /** Told, not asserted: the machine decides. A step with a thousand tunnels under repair should stay far below 1 ms. */
    @Test
    void tellsWhatAStepCosts() {
        for (int round = 0; round < 3; round++) {
            World world = hub(1_000, 0);
            world.cost.clear();
            world.route(World.WAN2, 1);
            world.advance(3 * World.SECOND);
            System.out.println("1,000 peers, round " + round + ", steps and mean us: " + world.cost);
        }
    }

    private static World hub(int active, int asleep) {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FIXED);
        for (int i = 0; i < active; i++) {
            World.Peer peer = world.active("wg0", "peer%04d".formatted(i));
            peer.handshakeAt = world.now - 100 * World.SECOND + i * World.MS;
            peer.eaten = i % 3 == 0 ? 1 : 0;
        }
        for (int i = 0; i < asleep; i++) {
            world.asleep("wg0", "sleeper%04d".formatted(i));
        }
        world.start();
        return world;
    }
}
