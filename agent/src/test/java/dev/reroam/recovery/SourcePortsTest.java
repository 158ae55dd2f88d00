package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SourcePortsTest {

    /** A peer that is reached from another port only, on a device that must keep its own. */
    private static World stuck() {
        World world = World.withOnePeer(PortUse.FIXED);
        world.rewriting = new RepairOutcome.Done();
        world.peer().passes = path -> !world.rewritten.isEmpty();
        return world;
    }

    private static World rewritten() {
        World world = stuck();
        world.route(World.WAN2);
        world.advance(60 * World.SECOND);
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        return world;
    }

    @Test
    void aFixedPortStaysAndThePacketsLeaveFromAnother() {
        World world = rewritten();
        assertEquals(1, world.all(Action.RewriteSourcePorts.class).size(), world.story());
        assertEquals(List.of(), world.all(Action.NewPort.class));
        assertEquals(Set.of("peer"), world.rewritten);
        assertEquals(40_000, world.state.devices().get("wg0").facts().listenPort());
        var why = Explanation.of(world.state, world.peer().id, world.now, world.config)
                .orElseThrow();
        assertTrue(why.answer().endsWith(", from another source port than its own"), why::answer);
    }

    @Test
    void aFreePortIsSimplyLeft() {
        World world = World.withOnePeer(PortUse.FREE);
        world.rewriting = new RepairOutcome.Done();
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(120 * World.SECOND);
        assertEquals(List.of(), world.all(Action.RewriteSourcePorts.class), world.story());
        assertEquals(1, world.all(Action.NewPort.class).size(), world.story());
    }

    @Test
    void isTakenBackWithoutProof() {
        World world = stuck();
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(120 * World.SECOND);
        assertEquals(1, world.all(Action.RewriteSourcePorts.class).size(), world.story());
        assertEquals(Set.of(), world.rewritten);
        assertEquals(Word.WAITING_FOR_PEER, world.word(world.peer()), world.story());
    }

    @Test
    void isTakenBackWhereItsWayIsAnother() {
        World world = rewritten();
        world.peer().passes = path -> true;
        world.route(World.WAN1);
        world.advance(World.SECOND);
        assertEquals(Set.of(), world.rewritten, world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void isTakenBackWhereThePeerIsElsewhere() {
        World world = rewritten();
        world.peer().passes = path -> true;
        world.peer().endpoint = Optional.of(new Endpoint(IpAddress.parse("198.51.100.77"), 51820));
        world.read("wg0");
        world.advance(120 * World.SECOND);
        assertEquals(Set.of(), world.rewritten, world.story());
    }

    @Test
    void isTakenBackWhereTheDeviceIsAnother() {
        World world = rewritten();
        world.peer().passes = path -> true;
        world.devices.put("wg0", new DeviceFacts("wg0", 99, DeviceKind.KERNEL, "key of wg0", 40_000, 0, PortUse.FIXED));
        world.read("wg0");
        world.advance(5 * World.SECOND);
        assertEquals(Set.of(), world.rewritten, world.story());
    }

    @Test
    void isNotDoneWhereAnotherPeerCarriesFromThatPort() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FIXED);
        World.Peer carries = world.active("wg0", "carries");
        World.Peer stuck = world.active("wg0", "stuck");
        world.start();
        world.rewriting = new RepairOutcome.Done();
        stuck.passes = path -> false;
        world.route(World.WAN2);
        world.advance(60 * World.SECOND);
        assertEquals(List.of(), world.all(Action.RewriteSourcePorts.class), world.story());
        assertEquals(Word.CARRYING, world.word(carries));
        assertEquals(Word.WAITING_FOR_PEER, world.word(stuck));
    }

    /** What is a second where the box itself is as it was: no new socket would help. */
    @Test
    void comesBeforeARebindWhereTheWanChangedUpstream() {
        World world = stuck();
        world.peer().passes = path -> true;
        world.answers(1);
        world.route(World.WAN2);
        world.advance(20 * World.SECOND);
        world.answers(2);
        world.take(new Observation.PublicSeen(World.uplink(2), World.SERVER, Optional.empty(), false));
        world.advance(World.SECOND);
        world.done.clear();
        world.peer().passes = path -> !world.rewritten.isEmpty();
        world.take(new Observation.PublicSeen(
                World.uplink(2), World.OTHER_SERVER, Optional.of(World.SERVER.address()), false));
        world.advance(1_500 * World.MS);
        assertEquals(Set.of("peer"), world.rewritten, world.story());
        assertEquals(List.of(), world.all(Action.Rebind.class), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void whereNobodyCanDoItARebindIsTriedAfterAll() {
        World world = stuck();
        world.rewriting = new RepairOutcome.NotNeeded("there is no nft");
        world.peer().passes = path -> true;
        world.route(World.WAN2);
        world.advance(20 * World.SECOND);
        world.take(new Observation.PublicSeen(World.uplink(2), World.SERVER, Optional.empty(), false));
        world.advance(World.SECOND);
        world.done.clear();
        world.peer().passes = path -> !world.all(Action.Rebind.class).isEmpty();
        world.take(new Observation.PublicSeen(
                World.uplink(2), World.OTHER_SERVER, Optional.of(World.SERVER.address()), false));
        world.advance(5 * World.SECOND);
        assertEquals(1, world.all(Action.Rebind.class).size(), world.story());
        assertEquals(1, world.all(Action.RewriteSourcePorts.class).size(), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void whereNobodyCanDoItTheLadderGoesOn() {
        World world = World.withOnePeer(PortUse.FIXED);
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(120 * World.SECOND);
        assertTrue(
                world.notes(NoteKind.OUTCOME).stream()
                        .anyMatch(note -> note.what().equals("there is no nft")),
                world.story());
        assertEquals(Word.WAITING_FOR_PEER, world.word(world.peer()));
    }
}
