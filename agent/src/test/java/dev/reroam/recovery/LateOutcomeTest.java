package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A ledger that is written slowly: what is proved, and what is sent, while a change of the port waits for it. */
class LateOutcomeTest {

    private static final int FORMER = 40_000;

    @Test
    void doesNotLeaveThePortOfATunnelThatWasProvedMeanwhile() {
        World world = stuck();
        world.writing = () -> World.SECOND;
        answerLate(world, World.SECOND / 2);
        world.advance(120 * World.SECOND);
        assertEquals(1, world.all(Action.NewPort.class).size(), world.story());
        assertEquals(FORMER, port(world), world.story());
        assertTrue(world.all(Action.KeepPort.class).isEmpty(), world.story());
        assertTrue(world.all(Action.RestorePort.class).isEmpty(), world.story());
        assertTrue(world.state.devices().get("wg0").trial().isEmpty());
        assertEquals(Word.CARRYING, world.word(world.peer()));
    }

    @Test
    void givesAPortBackAtOnceThatWasLeftJustAsItWasProved() {
        World world = stuck();
        world.telling = () -> World.SECOND;
        answerLate(world, World.SECOND / 2);
        world.advance(60 * World.SECOND);
        assertEquals(FORMER, port(world), world.story());
        assertEquals(1, world.all(Action.RestorePort.class).size(), world.story());
        assertTrue(world.all(Action.KeepPort.class).isEmpty(), world.story());
        List<String> steps = ClimbTest.steps(world);
        assertEquals(List.of("RestorePort", "Refresh"), steps.subList(steps.size() - 2, steps.size()), world.story());
        assertEquals(1, world.notes(NoteKind.OPENED).size(), world.story());
    }

    @Test
    void refreshesFromANewPortHoweverLateItComes() {
        World world = stuck();
        world.peer().passesFrom = port -> port != FORMER;
        world.writing = () -> 5 * World.SECOND;
        world.advance(120 * World.SECOND);
        assertEquals(1, world.all(Action.KeepPort.class).size(), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        long left = at(world, Action.NewPort.class) + 5 * World.SECOND;
        assertTrue(
                world.done.stream().anyMatch(timed -> timed.at() == left && timed.action() instanceof Action.Refresh),
                world.story());
    }

    @Test
    void givesARungItsTimeAgainWhoseSocketCameLate() {
        World world = stuck();
        world.writing = () -> 5 * World.SECOND;
        world.advance(18 * World.SECOND);
        long rebound = at(world, Action.Rebind.class) + 5 * World.SECOND;
        assertTrue(
                world.done.stream()
                        .anyMatch(timed -> timed.at() == rebound && timed.action() instanceof Action.Refresh),
                world.story());
        world.advance(rebound + 10 * World.SECOND - world.now);
        assertTrue(world.all(Action.NewPort.class).isEmpty(), world.story());
    }

    @Test
    void doesNotChangeWhatNobodyWaitsForAnyMore() {
        World world = stuck();
        world.writing = () -> 60 * World.SECOND;
        world.advance(180 * World.SECOND);
        assertEquals(FORMER, port(world), world.story());
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()), world.story());
        assertTrue(world.state.devices().get("wg0").trial().isEmpty(), world.story());
    }

    static LongStream seeds() {
        Long only = Long.getLong("seed");
        return only == null ? LongStream.range(0, 150) : LongStream.of(only);
    }

    /** Peers that answer late or from one port only, and writes and outcomes that take up to 20 s. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void neverTakesAPortFromWhatCarriesAndNeverLosesOne(long seed) {
        var random = new Random(seed);
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            World.Peer peer = world.active("wg0", "peer" + i);
            peer.echoes = random.nextInt(4) > 0;
            peer.roundTrip = random.nextBoolean() ? 10 * World.MS : between(random, 0, 8 * World.SECOND);
        }
        world.start();
        world.writing = () -> random.nextBoolean() ? World.MS : between(random, 0, 20 * World.SECOND);
        world.telling = () -> random.nextBoolean() ? 0 : between(random, 0, 3 * World.SECOND);
        for (World.Peer peer : world.peers.values()) {
            int kind = random.nextInt(4);
            long wakes = world.now + between(random, 0, 60 * World.SECOND);
            peer.passesFrom = port -> switch (kind) {
                case 0 -> port != FORMER;
                case 1 -> world.now > wakes;
                case 2 -> port == FORMER && world.now > wakes;
                default -> false;
            };
            if (random.nextInt(3) == 0) {
                world.later(between(random, 0, 60 * World.SECOND), () -> {
                    peer.handshakeAt = world.now;
                    world.read("wg0");
                });
            }
        }
        if (random.nextInt(3) == 0) {
            world.later(between(random, 0, 40 * World.SECOND), () -> world.route(World.WAN1));
        }
        world.changing = () -> assertFalse(
                world.peers.values().stream().anyMatch(peer -> world.word(peer) == Word.CARRYING),
                "seed " + seed + " leaves the port of one that carries\n" + world.story());
        world.route(World.WAN2);
        world.advance(300 * World.SECOND);
        String story = "seed " + seed + "\n" + world.story();
        boolean kept = !world.all(Action.KeepPort.class).isEmpty();
        assertEquals(kept, port(world) != FORMER, story);
        assertTrue(world.state.devices().get("wg0").trial().isEmpty(), story);
        assertTrue(world.state.incident().isEmpty(), story);
    }

    private static long between(Random random, long from, long to) {
        return from + (long) (random.nextDouble() * (to - from));
    }

    /** A tunnel whose packets nobody answers after a change of the path. */
    private static World stuck() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().passesFrom = port -> false;
        world.route(World.WAN2);
        return world;
    }

    /** The answer to an echo sent before comes this long after the brain wanted a new port. */
    private static void answerLate(World world, long nanos) {
        World.Peer peer = world.peer();
        world.watcher = action -> {
            if (action instanceof Action.NewPort) {
                long last = world.all(Action.SendEcho.class).getLast().echo();
                world.later(nanos, () -> {
                    peer.passesFrom = port -> port == FORMER;
                    world.take(new Observation.EchoAnswered(peer.id, last, 20 * World.SECOND));
                });
            }
        };
    }

    private static int port(World world) {
        return world.devices.get("wg0").listenPort();
    }

    private static long at(World world, Class<? extends Action> kind) {
        return world.done.stream()
                .filter(timed -> kind.isInstance(timed.action()))
                .findFirst()
                .orElseThrow()
                .at();
    }
}
