package dev.reroam.recovery;

import static dev.reroam.recovery.World.MS;
import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.UplinkHealth.State;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** An uplink that is dead and looks alive, and tunnels that are silent for other reasons. */
class SilentTest {

    private static World carrying() {
        World world = World.withOnePeer(PortUse.FREE);
        world.ways();
        world.traffic("wg0", 3);
        return world;
    }

    static World carryingOverUplinksThatAnswer() {
        World world = carrying();
        world.answers(1);
        world.answers(2);
        world.seen(1, "", "203.0.113.1");
        world.seen(2, "", "203.0.113.2");
        world.done.clear();
        return world;
    }

    /** Whoever asks hard hears nothing by uplinks that do not pass. */
    static void servers(World world, long nanos) {
        servers(world, nanos, index -> world.peer().passes.test(World.via(index, "wan" + index)));
    }

    static void servers(World world, long nanos, IntPredicate answer) {
        for (long spent = 0; spent < nanos; spent += 100 * MS) {
            long asked = world.now;
            world.advance(100 * MS);
            for (int index = 1; index <= 2; index++) {
                boolean passes = answer.test(index);
                for (var server : List.of(World.SERVER, World.OTHER_SERVER)) {
                    world.take(
                            passes
                                    ? new Observation.UplinkHeard(World.uplink(index), server)
                                    : new Observation.UplinkUnheard(World.uplink(index), server, asked));
                }
            }
            world.count("wg0", 5);
        }
    }

    @Test
    void leavesASilentUplinkWithinASecondWithNoServerToAsk() {
        World world = carrying();
        world.done.clear();
        world.peer().passes = World.WAN2::equals;
        long from = world.now;
        world.traffic("wg0", 2);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(1, world.all(Action.Steer.class).size(), world.story());
        assertEquals(World.uplink(2), world.all(Action.Steer.class).getFirst().to());
        long took = world.done.stream()
                        .filter(timed -> timed.action() instanceof Action.Steer)
                        .findFirst()
                        .orElseThrow()
                        .at()
                - from;
        assertTrue(took <= 700 * MS, () -> took / MS + " ms\n" + world.story());
        assertFalse(world.notes(NoteKind.PROVED).isEmpty(), world.story());
    }

    /** Both ends of a tunnel that nobody used begin a handshake in the same moment, and each takes the other's for the newer one. */
    @Test
    void aSessionThatIsOverIsGivenTheTimeOfSomeHandshakes() {
        World world = carrying();
        world.peer().handshakeAt = world.now - 200 * SECOND;
        world.read("wg0");
        world.done.clear();
        world.peer().passes = path -> false;
        world.traffic("wg0", 12);
        assertEquals(List.of(), world.all(Action.Steer.class), world.story());
        world.peer().passes = World.WAN2::equals;
        world.traffic("wg0", 8);
        assertEquals(1, world.all(Action.Steer.class).size(), world.story());
    }

    @Test
    void leavesAnUplinkOnceItsServersAreSilentAndReturnsAfterProbation() {
        World world = carryingOverUplinksThatAnswer();
        world.peer().passes = World.WAN2::equals;
        servers(world, SECOND);
        assertEquals(1, world.all(Action.Steer.class).size(), world.story());
        assertEquals(1, world.all(Action.EndConnections.class).size(), world.story());
        assertEquals(
                State.DEAD, world.state.uplinks().get(World.uplink(1)).health().state());
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
        var why = Explanation.of(world.state, world.peer().id, world.now, world.config)
                .orElseThrow();
        assertTrue(
                why.answer()
                        .matches("wan2 .*, by a rule of ours since \\d+ ms ago, away from wan1 .*, which is dead.*"),
                why::answer);
        world.peer().passes = path -> true;
        world.done.clear();
        servers(world, 20 * SECOND);
        assertEquals(List.of(), world.all(Action.Unsteer.class), "returns only after 30 s of answers");
        servers(world, 20 * SECOND);
        assertEquals(1, world.all(Action.SpareConnections.class).size(), world.story());
        assertEquals(1, world.all(Action.Unsteer.class).size(), world.story());
        assertEquals(World.WAN1, world.peer().using, world.story());
        assertEquals(java.util.Map.of(), world.state.steered());
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(List.of(), world.all(Action.NewPort.class));
        assertEquals(List.of(), world.all(Action.Rebind.class));
    }

    /** Four echoes may get lost in a line's short trouble, and WireGuard's own handshake come through after it. */
    @Test
    void leavesATunnelAloneWhoseHandshakeCameThroughBeforeTheVerdict() {
        World world = carrying();
        world.done.clear();
        World.Peer peer = world.peer();
        peer.passes = World.WAN2::equals;
        world.watcher = action -> {
            if (action instanceof Action.SendEcho
                    && world.all(Action.SendEcho.class).size() == world.config.probes()) {
                world.later(80 * MS, () -> {
                    peer.passes = path -> true;
                    peer.handshakeAt = world.now;
                    peer.received += 92;
                });
            }
        };
        while (world.all(Action.SendEcho.class).isEmpty()) {
            world.advance(100 * MS);
            world.count("wg0", 5);
        }
        world.advance(10 * SECOND);
        assertEquals(world.config.probes(), world.all(Action.SendEcho.class).size(), world.story());
        assertEquals(List.of(), world.all(Action.Repair.class), world.story());
    }

    @Test
    void anEndOfTrafficCostsOneQuestionAndThenLessAndLess() {
        World world = carrying();
        world.done.clear();
        for (int i = 0; i < 3_600; i++) {
            world.advance(SECOND);
            world.take(
                    new Observation.TrafficSeen("wg0", 150 + i / 30 * 30, 150 + i / 30 * 30, 15_000 + i / 30 * 3_000));
        }
        assertEquals(List.of(), world.all(Action.Repair.class), world.story());
        assertTrue(world.all(Action.SendEcho.class).size() < 40, world.story());
        assertEquals(List.of(), world.notes(NoteKind.OPENED));
    }

    @Test
    void aTunnelThatIsSilentOverAnUplinkThatAnswersIsNotSteered() {
        World world = carryingOverUplinksThatAnswer();
        world.peer().passesFrom = port -> port == 50_000;
        servers(world, 3 * SECOND);
        assertEquals(List.of(), world.all(Action.Steer.class), world.story());
        assertEquals(1, world.all(Action.ForgetFlows.class).size(), world.story());
        assertEquals(1, world.all(Action.NewPort.class).size(), world.story());
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
        var why = Explanation.of(world.state, world.peer().id, world.now, world.config)
                .orElseThrow();
        assertTrue(why.rule().startsWith("tunnel silent, affected: conntrack"), why.rule());
    }

    @Test
    void aLineThatOnlyBecomesSlowerCostsNothing() {
        for (int roundTrip : new int[] {250, 500, 900}) {
            World world = carryingOverUplinksThatAnswer();
            world.peer().roundTrip = roundTrip * MS;
            // What is under way comes later by as much, and then as before.
            for (int millis = 0; millis < 2_000; millis += 100) {
                world.advance(100 * MS);
                world.count("wg0", millis < roundTrip ? 0 : 5);
                world.answers(1);
            }
            assertEquals(List.of(), world.all(Action.Repair.class), world.story());
            assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
        }
    }

    @Test
    void aLineThatOnlyBecomesSlowerCostsNothingWhereNobodyCanBeAskedAboutIt() {
        for (int roundTrip : new int[] {250, 500, 900}) {
            World world = World.withOnePeer(PortUse.FREE);
            world.take(new Observation.WaysSeen(List.of(World.uplink(1)), Optional.of("there is one way out only")));
            world.traffic("wg0", 3);
            world.done.clear();
            world.peer().roundTrip = roundTrip * MS;
            for (int millis = 0; millis < 2_000; millis += 100) {
                world.advance(100 * MS);
                world.count("wg0", millis < roundTrip ? 0 : 5);
            }
            assertEquals(List.of(), world.all(Action.Repair.class), world.story());
            assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
        }
    }

    @Test
    void whatWasGivenUpAndCarriesByItselfIsSeenWithinSeconds() {
        World world = World.withOnePeer(PortUse.FIXED);
        world.take(new Observation.WaysSeen(List.of(World.uplink(1)), Optional.of("there is one way out only")));
        world.traffic("wg0", 3);
        world.peer().passes = way -> false;
        world.traffic("wg0", 30);
        assertEquals(TunnelStatus.Word.WAITING_FOR_PEER, world.word(world.peer()), world.story());
        world.peer().passes = way -> true;
        world.peer().echoes = false;
        world.traffic("wg0", 5);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void whatForgettingAFlowHealsKeepsItsPort() {
        World world = carryingOverUplinksThatAnswer();
        boolean[] stale = {true};
        world.peer().passesFrom = port -> !stale[0];
        world.flows = new Observation.RepairOutcome.Done();
        world.forgetting = () -> stale[0] = false;
        servers(world, 2 * SECOND);
        assertEquals(1, world.all(Action.ForgetFlows.class).size(), world.story());
        assertEquals(List.of(), world.all(Action.NewPort.class), world.story());
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void whatOnlyDeliversIsLeftTooSinceWhatIsHeardProvesNothingOfWhatIsSent() {
        World world = carryingOverUplinksThatAnswer();
        world.peer().passes = World.WAN2::equals;
        world.hears = true;
        servers(world, 2 * SECOND);
        assertEquals(1, world.all(Action.Steer.class).size(), world.story());
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void serversThatFallSilentMoveNoTunnelThatAnswers() {
        World world = carryingOverUplinksThatAnswer();
        for (int i = 0; i < 600; i++) {
            world.advance(100 * MS);
            world.count("wg0", 5);
            world.take(new Observation.UplinkUnheard(
                    World.uplink(1), i % 2 == 0 ? World.SERVER : World.OTHER_SERVER, world.now - 100 * MS));
        }
        assertEquals(List.of(), world.all(Action.Repair.class), world.story());
        assertEquals(List.of(), world.notes(NoteKind.OPENED));
        assertTrue(world.all(Action.SendEcho.class).size() < 10, world.story());
    }

    @Test
    void theWayThatProvesNothingIsTakenBack() {
        World world = carrying();
        world.peer().passes = path -> false;
        world.traffic("wg0", 60);
        assertEquals(1, world.all(Action.Steer.class).size(), world.story());
        assertEquals(1, world.all(Action.Unsteer.class).size(), world.story());
        assertEquals(java.util.Map.of(), world.state.steered());
    }

    @Test
    void isAskedNoMoreOnceItsDeviceIsOnlyWatched() {
        World world = carrying();
        world.done.clear();
        world.peer().passes = path -> false;
        while (world.all(Action.SendEcho.class).isEmpty()) {
            world.advance(100 * MS);
            world.count("wg0", 5);
        }
        DeviceFacts was = world.devices.get("wg0");
        world.devices.put(
                "wg0",
                new DeviceFacts(
                        "wg0", was.interfaceIndex(), DeviceKind.OBSERVED, "key of wg0", 40_000, 0, PortUse.FREE));
        world.read("wg0");
        world.done.clear();
        world.advance(10 * SECOND);
        assertEquals(List.of(), world.all(Action.SendEcho.class), world.story());
    }

    @Test
    void isNotSteeredWhereOthersDecide() {
        World world = carrying();
        world.take(
                new Observation.WaysSeen(List.of(World.uplink(1), World.uplink(2)), Optional.of("mwan3 decides here")));
        world.answers(1);
        world.seen(1, "", "203.0.113.1");
        world.peer().passes = World.WAN2::equals;
        world.done.clear();
        servers(world, 2 * SECOND);
        assertEquals(List.of(), world.all(Action.Steer.class), world.story());
        assertTrue(
                world.notes(NoteKind.SKIPPED).stream()
                        .anyMatch(note -> note.what().contains("mwan3 decides here")),
                world.story());
        world.route(World.WAN2);
        world.advance(SECOND);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void connectionsOverAnAddressThatIsGoneAreEndedAndThoseOverOneThatIsKeptAreNot() {
        World world = carrying();
        world.done.clear();
        world.take(new Observation.WaysSeen(List.of(World.uplink(2)), Optional.empty()));
        var gone = world.all(Action.EndConnections.class);
        assertEquals(1, gone.size());
        assertEquals(World.uplink(1), gone.getFirst().uplink());
        assertEquals(world.now, gone.getFirst().silentFrom());
        world.ways();
        assertEquals(
                World.uplink(1),
                world.all(Action.SpareConnections.class).getFirst().uplink());
    }

    @Test
    void connectionsOverAnAddressThatIsKeptAreNotEndedWithItsGateway() {
        World world = carrying();
        world.done.clear();
        Uplink was = World.uplink(1);
        var other = Optional.of(IpAddress.parse("192.0.2.254"));
        var now = new Uplink(was.interfaceIndex(), was.interfaceName(), other, was.source());
        world.take(new Observation.WaysSeen(List.of(now, World.uplink(2)), Optional.empty()));
        assertEquals(List.of(), world.all(Action.EndConnections.class));
    }

    @Test
    void aDeadCableIsLeftWithoutWaitingForAnybody() {
        World world = carrying();
        world.done.clear();
        world.dead.add(1);
        world.peer().passes = World.WAN2::equals;
        long from = world.now;
        world.disturb(1);
        world.advance(SECOND);
        var steer = world.done.stream()
                .filter(timed -> timed.action() instanceof Action.Steer)
                .findFirst()
                .orElseThrow(() -> new AssertionError(world.story()));
        assertEquals(50 * MS, steer.at() - from);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void whereTheKernelMovesTheRouteItselfNothingIsSteered() {
        World world = carrying();
        world.done.clear();
        world.dead.add(1);
        world.disturb(1);
        world.advance(10 * MS);
        world.route(World.WAN2);
        world.advance(SECOND);
        assertEquals(List.of(), world.all(Action.Steer.class), world.story());
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
    }
}
