package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.SendEcho;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProvingTest {

    private final World world = new World();

    private World.Peer withoutProbe() {
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer peer = world.active("wg0", "peer");
        peer.probe = Optional.empty();
        world.start();
        return peer;
    }

    private List<String> proofs() {
        return world.notes(NoteKind.PROVED).stream().map(Action.Note::what).toList();
    }

    @Test
    void isProvedByAHandshakeThatIsNewerThanTheRefresh() {
        World.Peer peer = withoutProbe();
        world.route(World.WAN2);
        world.advance(World.MS);
        peer.handshakeAt = world.now;
        world.advance(60 * World.MS);
        assertEquals(List.of("carries again: handshake completed; 1 ms after the change"), proofs());
    }

    @Test
    void isNotProvedByAHandshakeFromBeforeTheRefresh() {
        World.Peer peer = withoutProbe();
        peer.handshakeAt = world.now - World.MS;
        world.route(World.WAN2);
        world.advance(5 * World.SECOND);
        assertEquals(List.of(), proofs());
    }

    @Test
    void takesBytesForProofOnlyBetweenTwoReadingsAfterTheRefresh() {
        World.Peer peer = withoutProbe();
        world.dead.add(1);
        // Received between the last reading and the change.
        peer.received += 500;
        world.route(World.WAN2, 1);
        world.advance(30 * World.MS);
        assertEquals(List.of(), proofs(), world.story());
        peer.received += 500;
        world.advance(100 * World.MS);
        assertEquals(1, proofs().size(), world.story());
        assertTrue(proofs().getFirst().contains("bytes received"));
    }

    @Test
    void doesNotTakeBytesForProofWhileTheWayBeforeMayStillDeliver() {
        World.Peer peer = withoutProbe();
        world.route(World.WAN2);
        for (int i = 0; i < 9; i++) {
            peer.received += 100;
            world.advance(100 * World.MS);
        }
        assertEquals(List.of(), proofs(), world.story());
        for (int i = 0; i < 30; i++) {
            peer.received += 100;
            world.advance(100 * World.MS);
        }
        assertEquals(1, proofs().size(), world.story());
    }

    @Test
    void doesNotTakeAnEchoFromBeforeTheRefreshForProof() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().roundTrip = 100 * World.MS;
        world.route(World.WAN2);
        long before = world.all(SendEcho.class).getFirst().echo();
        world.advance(50 * World.MS);
        world.peer().passes = path -> false;
        world.route(World.WAN1);
        world.take(new Observation.EchoAnswered(world.peer().id, before, 51 * World.MS));
        assertEquals(0, world.notes(NoteKind.PROVED).size(), world.story());
    }

    @Test
    void waitsElevenSecondsAfterTrafficThatGetsNoAnswer() {
        World.Peer peer = withoutProbe();
        peer.passes = path -> false;
        world.route(World.WAN2);
        world.advance(5 * World.SECOND);
        peer.sent += 10_000;
        world.advance(10_900 * World.MS);
        assertEquals(0, world.all(Action.Rebind.class).size(), world.story());
        world.advance(1_300 * World.MS);
        assertEquals(1, world.all(Action.Rebind.class).size(), world.story());
    }

    /** Found by the simulator: kept/seed-2283. */
    @Test
    void waitsForTheNextAcknowledgementWhereTheFirstMayHaveComeOverTheWayBefore() {
        World.Peer peer = withoutProbe();
        world.route(World.WAN2);
        world.advance(860 * World.MS);
        peer.sent += 10_000;
        world.advance(200 * World.MS);
        peer.received += 32;
        // The far side acknowledges what it goes on receiving each 10 s.
        world.advance(10_600 * World.MS);
        peer.received += 32;
        world.advance(5 * World.SECOND);
        assertEquals(0, world.all(Action.Rebind.class).size(), world.story());
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
    }

    @Test
    void takesKeepalivesAndRefreshesForNoTraffic() {
        World.Peer peer = withoutProbe();
        world.route(World.WAN2);
        world.advance(2 * World.SECOND);
        peer.sent += 32;
        world.advance(30 * World.SECOND);
        assertEquals(Word.QUIET, world.word(peer), world.story());
        assertEquals(0, world.all(Action.Rebind.class).size());
    }

    @Test
    void treatsATunnelWhoseEchoCannotBeSentAsOneWithout() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.take(new Observation.EchoRefused(
                world.peer().id, world.all(SendEcho.class).getFirst().echo(), "EPERM"));
        world.advance(30 * World.SECOND);
        assertEquals(1, world.all(SendEcho.class).size(), world.story());
        assertEquals(Word.QUIET, world.word(world.peer()), world.story());
    }

    @Test
    void neverLeavesThePortOfATunnelThatStillHearsItsPeer() {
        World world = World.withOnePeer(PortUse.FREE);
        world.route(World.WAN2);
        world.advance(20 * World.SECOND);
        World.Peer peer = world.peer();
        peer.echoes = false;
        world.done.clear();
        world.route(World.WAN1);
        for (int i = 0; i < 40; i++) {
            peer.received += 100;
            world.advance(100 * World.MS);
        }
        assertEquals(0, world.all(Action.Rebind.class).size(), world.story());
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
    }

    @Test
    void givesAPassiveKeepaliveItsChanceBeforeAPortIsLeft() {
        World world = World.withOnePeer(PortUse.FREE);
        world.route(World.WAN2);
        world.advance(20 * World.SECOND);
        World.Peer peer = world.peer();
        peer.echoes = false;
        world.done.clear();
        world.route(World.WAN1);
        world.advance(60 * World.SECOND);
        assertEquals(0, world.all(Action.NewPort.class).size(), world.story());
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
    }

    @Test
    void isProvedByTheInnerAddressLastSeen() {
        World.Peer peer = withoutProbe();
        peer.lastSeen = Optional.of(IpAddress.parse("10.0.0.7"));
        world.read("wg0");
        world.route(World.WAN2);
        world.advance(100 * World.MS);
        assertEquals(peer.lastSeen.get(), world.all(SendEcho.class).getFirst().target());
        assertEquals(List.of("carries again: echo answered in 10.0 ms; 10 ms after the change"), proofs());
    }

    @Test
    void asksTheProbeAndNotTheAddressLastSeen() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().lastSeen = Optional.of(IpAddress.parse("10.0.0.7"));
        world.read("wg0");
        world.route(World.WAN2);
        world.advance(100 * World.MS);
        assertEquals(
                world.peer().probe.orElseThrow(),
                world.all(SendEcho.class).getFirst().target());
    }

    /** Somebody's telephone that has left. */
    @Test
    void asksThroughTheTunnelTooWhereTheAddressLastSeenIsSilent() {
        World.Peer peer = withoutProbe();
        peer.lastSeen = Optional.of(IpAddress.parse("10.0.0.7"));
        peer.everything = Set.of(IpFamily.V4);
        peer.echoes = false;
        world.read("wg0");
        world.route(World.WAN2);
        world.advance(2 * World.SECOND);
        assertEquals(3, world.all(SendEcho.class).size(), world.story());
        var through = world.all(Action.AskThroughTunnel.class);
        assertEquals(3, through.size(), world.story());
        world.take(new Observation.ThroughAnswered(peer.id, through.getLast().echo(), World.MS));
        assertEquals(1, proofs().size(), world.story());
    }

    @Test
    void leavesNoPortBecauseTheAddressLastSeenIsSilent() {
        World.Peer peer = withoutProbe();
        peer.lastSeen = Optional.of(IpAddress.parse("10.0.0.7"));
        peer.echoes = false;
        world.read("wg0");
        world.route(World.WAN2);
        world.advance(60 * World.SECOND);
        assertEquals(0, world.all(Action.Rebind.class).size(), world.story());
        assertEquals(0, world.all(Action.NewPort.class).size(), world.story());
        assertEquals(1, proofs().size(), world.story());
    }
}
