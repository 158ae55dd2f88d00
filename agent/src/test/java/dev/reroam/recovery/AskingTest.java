package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.Meant;
import dev.reroam.recovery.Observation.RecoverAsked;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a person's wish for recovery reaches. */
class AskingTest {

    private final World world = new World();

    /** A server: on each of two devices one peer is there, and a hundred are not. */
    private World server() {
        for (String device : List.of("wg0", "wg1")) {
            world.device(device, DeviceKind.KERNEL, PortUse.FIXED);
            world.active(device, "there");
            for (int i = 0; i < 100; i++) {
                world.asleep(device, "away" + i);
            }
        }
        world.start();
        return world;
    }

    private Set<String> refreshed() {
        var refreshed = new TreeSet<String>();
        for (Refresh refresh : world.all(Refresh.class)) {
            refresh.peers().forEach(peer -> refreshed.add(refresh.device().name() + "/" + peer.key()));
        }
        return refreshed;
    }

    @Test
    void everythingMeansTheTunnelsThatShowedLifeAndWakesNoSleeper() {
        server().take(new RecoverAsked(new Meant.Everything()));
        world.advance(30 * World.SECOND);
        assertEquals(Set.of("wg0/there", "wg1/there"), refreshed());
        assertEquals(1, world.all(Action.AskPaths.class).size());
    }

    @Test
    void aDeviceMeansItsTunnelsThatShowedLifeAndNoOther() {
        server().take(new RecoverAsked(new Meant.OfDevice("wg1")));
        world.advance(30 * World.SECOND);
        assertEquals(Set.of("wg1/there"), refreshed());
        assertEquals(1, world.all(Action.AskPaths.class).size());
        assertEquals(
                "a person asked for the tunnels of wg1",
                world.notes(Action.NoteKind.OPENED).getFirst().what());
    }

    @Test
    void aTunnelThatIsNamedItselfIsWokenAndNoOther() {
        server().take(new RecoverAsked(new Meant.Named(new TunnelId("wg0", "away7"))));
        world.advance(World.SECOND);
        assertEquals(Set.of("wg0/away7"), refreshed());
    }

    @Test
    void saysBeforehandWhomAWishReaches() {
        server();
        assertEquals(
                List.of(new TunnelId("wg0", "there"), new TunnelId("wg1", "there")),
                Asking.reaches(world.state, new Meant.Everything(), world.now, world.config));
        assertEquals(
                List.of(new TunnelId("wg1", "there")),
                Asking.reaches(world.state, new Meant.OfDevice("wg1"), world.now, world.config));
        assertEquals(
                List.of(new TunnelId("wg1", "away1")),
                Asking.reaches(world.state, new Meant.Named(new TunnelId("wg1", "away1")), world.now, world.config));
    }
}
