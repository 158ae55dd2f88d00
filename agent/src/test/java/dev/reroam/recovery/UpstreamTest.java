package dev.reroam.recovery;

import static dev.reroam.recovery.World.MS;
import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.AskThroughTunnel;
import dev.reroam.recovery.Action.AskUplink;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.Action.SendEcho;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UpstreamTest {

    private static final String OLD = "203.0.113.1";
    private static final String NEW = "203.0.113.99";

    @Test
    void aNewPublicAddressBeginsARepairAsAChangedPathDoes() {
        World world = World.withOnePeer(PortUse.FREE);
        world.seen(1, "", OLD);
        assertEquals(List.of(), world.done);
        world.seen(1, OLD, NEW);
        assertInstanceOf(Refresh.class, world.done.getFirst().action());
        assertEquals(0, world.done.getFirst().at() - world.now);
        world.advance(5 * SECOND);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(
                "wan1 via 192.0.2.1 from 192.0.2.101: public address 203.0.113.1 became 203.0.113.99",
                world.notes(NoteKind.OPENED).getFirst().what());
        assertEquals(Optional.empty(), world.state.incident());
        var why = Explanation.of(world.state, world.peer().id, world.now, world.config)
                .orElseThrow();
        assertTrue(why.rule().startsWith("wan changed, affected: refresh"), why.rule());
        assertTrue(why.answer().endsWith("seen from outside as 203.0.113.99:40000"), why.answer());
    }

    /** A gateway's word and a server's that comes a quarter of a minute later are one change, and the next is the second. */
    @Test
    void followsTheNextChangeAtOnceWhereGatewaysSpeakBeforeServersDo() {
        World world = World.withOnePeer(PortUse.FREE);
        world.seen(1, "", OLD);
        world.take(new Observation.GatewayMoved(World.uplink(1), "another external address"));
        world.advance(15 * SECOND);
        world.seen(1, OLD, NEW);
        world.advance(40 * SECOND);
        world.done.clear();
        world.take(new Observation.GatewayMoved(World.uplink(1), "another external address"));
        assertEquals(1, world.all(Refresh.class).size(), world.story());
    }

    @Test
    void onlyTunnelsThatLeaveByThatUplinkAreTouched() {
        World world = World.withOnePeer(PortUse.FREE);
        world.seen(2, OLD, NEW);
        world.advance(5 * SECOND);
        assertEquals(List.of(), world.done, world.story());
    }

    @Test
    void aPortBesideTheSameAddressIsNoEvidenceAndNeitherIsAStuckFlowBesideIt() {
        World world = World.withOnePeer(PortUse.FREE);
        world.seen(1, OLD, OLD);
        world.take(new Observation.PublicSeen(
                World.uplink(1),
                world.state.uplinks().get(World.uplink(1)).seen().orElseThrow(),
                world.state.uplinks().get(World.uplink(1)).followed(),
                true));
        world.advance(5 * SECOND);
        assertEquals(List.of(), world.done, world.story());
        assertTrue(world.state.uplinks().get(World.uplink(1)).stuckAt() > 0);
    }

    @Test
    void asksNothingAboveRefreshOfAQuietTunnelAndSendsNothingToASleepingOne() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        var quiet = world.active("wg0", "quiet");
        quiet.probe = Optional.empty();
        var asleep = world.asleep("wg0", "sleeps");
        world.start();
        quiet.passes = path -> false;
        world.seen(1, OLD, NEW);
        world.advance(30 * SECOND);
        assertTrue(
                world.all(Action.Repair.class).stream()
                        .allMatch(repair -> repair instanceof Refresh refresh
                                && refresh.peers().stream()
                                        .noneMatch(peer -> peer.key().equals(asleep.id.peer()))),
                world.story());
        assertEquals(TunnelStatus.Word.QUIET, world.word(quiet), world.story());
    }

    @Test
    void theWordOfAGatewayThatHasAnotherAddressIsEvidenceToo() {
        World world = World.withOnePeer(PortUse.FREE);
        world.take(new Observation.GatewayMoved(World.uplink(1), "external address " + OLD + " became " + NEW));
        assertEquals(1, world.all(Refresh.class).size());
    }

    @Test
    void aGatewayThatForgotIsNoReasonToTouchATunnelThatCarries() {
        World world = World.withOnePeer(PortUse.FREE);
        world.take(new Observation.GatewayForgot(World.uplink(1), "PCP epoch went back"));
        world.advance(5 * SECOND);
        assertEquals(List.of(), world.done, world.story());
        assertEquals(List.of(), world.notes(NoteKind.OPENED));
    }

    @Test
    void aGatewayThatForgotIsAReasonToTryAgainForOneThatDoesNot() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().passes = path -> false;
        world.seen(1, OLD, NEW);
        world.advance(5 * SECOND);
        world.done.clear();
        world.take(new Observation.GatewayForgot(World.uplink(1), "PCP epoch went back"));
        assertInstanceOf(Refresh.class, world.done.getFirst().action(), world.story());
        world.done.clear();
        world.take(new Observation.GatewayForgot(World.uplink(2), "PCP epoch went back"));
        assertEquals(List.of(), world.done, "not for another uplink's");
    }

    @Test
    void aPoolThatAlternatesDoesNotMakeTunnelsFlap() {
        World world = World.withOnePeer(PortUse.FREE);
        world.seen(1, "", OLD);
        for (int i = 0; i < 240; i++) {
            boolean away = i % 2 == 0;
            world.seen(1, away ? OLD : NEW, away ? NEW : OLD);
            world.advance(15 * SECOND);
            if (i % 4 == 0) {
                world.peer().handshakeAt = world.now;
                world.read("wg0");
            }
        }
        assertEquals(2, world.notes(NoteKind.AFFECTED).size(), world.story());
    }

    @Test
    void anAddressThatHoldsIsFollowedAfterFlappingAndOneThatCameBackIsNot() {
        for (boolean back : List.of(true, false)) {
            World world = World.withOnePeer(PortUse.FREE);
            world.seen(1, "", OLD);
            for (int i = 0; i < (back ? 4 : 3); i++) {
                world.seen(1, i % 2 == 0 ? OLD : NEW, i % 2 == 0 ? NEW : OLD);
                world.advance(5 * SECOND);
            }
            assertEquals(2, world.notes(NoteKind.AFFECTED).size());
            world.advance(60 * SECOND);
            assertEquals(back ? 2 : 3, world.notes(NoteKind.AFFECTED).size(), world.story());
        }
    }

    @Test
    void aRestartedSentinelsFirstWordIsComparedWithWhatIsRemembered() {
        World world = World.withOnePeer(PortUse.FREE);
        world.seen(1, "", OLD);
        world.seen(1, "", NEW);
        assertEquals(1, world.all(Refresh.class).size());
    }

    @Test
    void leavesThePortOfAStuckMappingWithoutARebindButOnlyWhereTheTunnelDoesNotCarry() {
        for (boolean carries : List.of(true, false)) {
            World world = World.withOnePeer(PortUse.FREE);
            world.seen(1, "", OLD);
            world.seen(1, OLD, NEW);
            world.advance(SECOND);
            assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), "known to answer");
            world.done.clear();
            world.peer().passesFrom = port -> carries || port == 50_000;
            long from = world.now;
            var seen = world.state.uplinks().get(World.uplink(1)).seen().orElseThrow();
            world.take(new Observation.PublicSeen(World.uplink(1), seen, Optional.of(IpAddress.parse(OLD)), true));
            world.advance(3 * SECOND);
            assertEquals(
                    Evidence.MAPPING_STUCK,
                    world.state
                            .tunnels()
                            .get(world.peer().id)
                            .rule()
                            .orElseThrow()
                            .evidence());
            assertEquals(List.of(), world.all(Action.Rebind.class), world.story());
            assertEquals(carries ? 0 : 1, world.all(Action.NewPort.class).size(), world.story());
            assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
            long took = world.state
                            .tunnels()
                            .get(world.peer().id)
                            .lastProof()
                            .orElseThrow()
                            .at()
                    - from;
            assertTrue(took <= 1_200 * MS, () -> took / MS + " ms");
        }
    }

    @Test
    void wishesToHaveTheUplinkOfASuspectTunnelLookedAt() {
        World world = World.withOnePeer(PortUse.FREE);
        world.route(World.WAN2);
        assertEquals(List.of(), world.all(AskUplink.class), "nobody ever saw it from outside");
        world.advance(60 * SECOND);
        world.seen(2, "", OLD);
        world.done.clear();
        world.disturb(2);
        assertEquals(List.of(new AskUplink(World.uplink(2))), world.all(AskUplink.class), world.story());
        world.disturb(2);
        assertEquals(1, world.all(AskUplink.class).size(), "not all the time");
        world.peer().handshakeAt = world.now;
        world.read("wg0");
        world.advance(30 * SECOND);
        world.read("wg0");
        world.peer().sent += 10_000;
        world.advance(5 * SECOND);
        world.read("wg0");
        assertEquals(2, world.all(AskUplink.class).size(), "traffic and no answer");
    }

    @Test
    void aPeerThatEverythingGoesToIsProvedByAnAnswerFromBeyondIt() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        var peer = world.active("wg0", "exit");
        peer.probe = Optional.empty();
        peer.everything = Set.of(IpFamily.V4, IpFamily.V6);
        world.start();
        world.route(World.WAN2);
        world.advance(100 * MS);
        assertEquals(List.of(), world.all(SendEcho.class));
        var asked = world.all(AskThroughTunnel.class).getFirst();
        assertEquals(IpFamily.V4, asked.family());
        assertEquals(world.devices.get("wg0").interfaceIndex(), asked.interfaceIndex());
        assertEquals(
                Proof.Kind.THROUGH,
                world.state.tunnels().get(peer.id).lastProof().orElseThrow().kind());
        assertEquals(TunnelStatus.Word.CARRYING, world.word(peer), world.story());
    }
}
