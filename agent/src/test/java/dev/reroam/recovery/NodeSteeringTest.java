package dev.reroam.recovery;

import static dev.reroam.recovery.World.MS;
import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.EndNodeConnections;
import dev.reroam.recovery.Action.KickNode;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.SteerNode;
import dev.reroam.recovery.Action.UnsteerNode;
import dev.reroam.recovery.NodeFacts.Condition;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Tailscale node whose uplink falls silent while its route stays. */
class NodeSteeringTest {

    private static final NodeFacts.Peer LAPTOP = new NodeFacts.Peer("laptop", IpAddress.parse("100.64.0.2"), true);
    private static final UnsteerNode BACK = new UnsteerNode(0x80000, 0xff0000, IpFamily.V4);

    private World world = new World();

    @BeforeEach
    void begin() {
        begin(new World());
    }

    private void begin(World fresh) {
        world = fresh;
        world.ways();
        node(Condition.RUNNING, 1);
        for (int second = 0; second < 5; second++) {
            servers(SECOND, index -> true);
        }
        world.done.clear();
    }

    private void node(Condition condition, int by) {
        node(condition, new NodeFacts.Marks(Optional.empty(), 0x80000, 0xff0000, List.of((Path.Via)
                World.via(by, "wan" + by))));
    }

    private void node(Condition condition, NodeFacts.Marks marks) {
        world.take(new Observation.NodeSeen(new NodeFacts("nas", condition, true, true, 0, marks, List.of(LAPTOP))));
    }

    /** Servers are asked ten times a second by both uplinks. */
    private void servers(long nanos, IntPredicate answer) {
        for (long spent = 0; spent < nanos; spent += 100 * MS) {
            long asked = world.now;
            world.advance(100 * MS);
            for (int index = 1; index <= 2; index++) {
                for (var server : List.of(World.SERVER, World.OTHER_SERVER)) {
                    world.take(
                            answer.test(index)
                                    ? new Observation.UplinkHeard(World.uplink(index), server)
                                    : new Observation.UplinkUnheard(World.uplink(index), server, asked));
                }
            }
        }
    }

    private void firstUplinkDies() {
        servers(3 * SECOND, index -> index == 2);
        node(Condition.RUNNING, world.all(SteerNode.class).isEmpty() ? 1 : 2);
    }

    @Test
    void itLeavesTheDeadUplinkAndIsToldOnceItsPacketsGoElsewhere() {
        firstUplinkDies();
        var steered = world.all(SteerNode.class);
        assertEquals(1, steered.size(), world.story());
        assertEquals(World.uplink(2), steered.getFirst().to());
        assertEquals(0x80000, steered.getFirst().value());
        assertEquals(0xff0000, steered.getFirst().mask());
        assertEquals(
                List.of(List.of("rebind", "restun")),
                world.all(KickNode.class).stream().map(KickNode::words).toList());
        assertEquals(
                List.of(World.uplink(1)),
                world.all(EndNodeConnections.class).stream()
                        .map(EndNodeConnections::uplink)
                        .toList());
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
        assertEquals(List.of(), world.all(UnsteerNode.class));
    }

    @Test
    void itReturnsWhenTheUplinkHasAnsweredForLongEnough() {
        firstUplinkDies();
        servers(20 * SECOND, index -> true);
        assertEquals(List.of(), world.all(UnsteerNode.class), "not yet: " + world.story());
        servers(120 * SECOND, index -> true);
        assertEquals(List.of(BACK), world.all(UnsteerNode.class), world.story());
        assertEquals(2, world.all(KickNode.class).size(), "told of the way back: " + world.story());
        node(Condition.RUNNING, 1);
        servers(120 * SECOND, index -> true);
        assertEquals(1, world.all(SteerNode.class).size(), world.story());
    }

    @Test
    void withNoOtherUplinkThatAnswersItStays() {
        servers(5 * SECOND, index -> false);
        assertEquals(List.of(), world.all(SteerNode.class), world.story());
    }

    @Test
    void whereBothDieTheSteeringEnds() {
        firstUplinkDies();
        servers(5 * SECOND, index -> false);
        assertEquals(List.of(BACK), world.all(UnsteerNode.class), world.story());
    }

    @Test
    void aWayThatIsGoneEndsTheSteering() {
        firstUplinkDies();
        world.take(new Observation.WaysSeen(List.of(World.uplink(1)), Optional.of("there is one way out only")));
        assertEquals(List.of(BACK), world.all(UnsteerNode.class), world.story());
    }

    @Test
    void itIsTakenBackByItsMarkThoughTailscaledsRulesAreGone() {
        firstUplinkDies();
        node(Condition.RUNNING, NodeFacts.Marks.NONE);
        assertEquals(List.of(BACK), world.all(UnsteerNode.class), world.story());
    }

    /** While it is steered the kernel names our way: where that dies, too, nothing begins from there. */
    @Test
    void afterASecondDeathItWaitsForTheKernelsWord() {
        firstUplinkDies();
        // The first one answers again, and may not be used yet.
        for (int tenth = 0; tenth < 100 && world.all(UnsteerNode.class).isEmpty(); tenth++) {
            servers(100 * MS, index -> index == 1);
        }
        assertEquals(List.of(BACK), world.all(UnsteerNode.class), world.story());
        node(Condition.RUNNING, 1);
        servers(5 * SECOND, index -> index == 1);
        assertEquals(1, world.all(SteerNode.class).size(), world.story());
    }

    @Test
    void anAgentAfterOneThatDiedSteeringTellsTheNode() {
        world.take(new Observation.Interrupted(NodeState.TRAFFIC, List.of(), Set.of()));
        assertEquals(1, world.all(KickNode.class).size(), world.story());
    }

    @Test
    void whatMayNotBeSteeredIsNot() {
        var not = new NodeFacts.Marks(
                Optional.of("steer = \"never\""), 0x80000, 0xff0000, List.of((Path.Via) World.via(1, "wan1")));
        node(Condition.RUNNING, not);
        servers(5 * SECOND, index -> index == 2);
        assertEquals(List.of(), world.all(SteerNode.class), world.story());
        node(Condition.PERSONS, 1);
        servers(5 * SECOND, index -> index == 2);
        assertEquals(List.of(), world.all(SteerNode.class), world.story());
    }

    @Test
    void observingNothingIsSteered() {
        begin(new World(Ladder.standard(), RecoveryConfig.standard(true)));
        servers(5 * SECOND, index -> index == 2);
        assertEquals(List.of(), world.all(SteerNode.class), world.story());
    }

    @Test
    void aRefusalIsToldAndNotTriedAgainAtOnce() {
        world.kicking = new RepairOutcome.Refused("make rule 701", "EPERM", "Operation not permitted");
        servers(10 * SECOND, index -> index == 2);
        assertEquals(1, world.all(SteerNode.class).size(), world.story());
        assertTrue(
                world.notes(NoteKind.OUTCOME).stream()
                        .anyMatch(note -> note.what()
                                .equals("tailscale/nas: steer: make rule 701 is refused: Operation not permitted")),
                world.story());
        servers(60 * SECOND, index -> index == 2);
        assertEquals(2, world.all(SteerNode.class).size(), world.story());
    }

    @Test
    void whatSomebodyElseTookAwayIsToldAndLeft() {
        firstUplinkDies();
        long repair = world.all(SteerNode.class).getFirst().repair();
        world.take(new Observation.NodeSteered(repair, new RepairOutcome.Vanished()));
        servers(10 * SECOND, index -> index == 2);
        assertEquals(1, world.all(SteerNode.class).size(), world.story());
        assertEquals(Optional.empty(), world.state.node().orElseThrow().steered(IpFamily.V4));
    }

    @Test
    void aNodeThatLeavesOrIsLoggedOutLeavesNoRule() {
        firstUplinkDies();
        node(Condition.PERSONS, 2);
        assertEquals(List.of(BACK), world.all(UnsteerNode.class), world.story());
        begin();
        firstUplinkDies();
        world.take(new Observation.NodeGone("gone"));
        assertEquals(List.of(BACK), world.all(UnsteerNode.class), world.story());
    }

    /** No server answers anywhere, as where none may be asked: then another uplink is the last thing that is tried. */
    @Test
    void whereNobodyKnowsAnotherUplinkIsTheLastRungAndTakenBackWhereItProvesNothing() {
        world = new World();
        world.answering = name -> false;
        world.ways();
        node(Condition.RUNNING, 1);
        world.seen(1, "203.0.113.1", "203.0.113.9");
        world.advance(60 * SECOND);
        assertEquals(1, world.all(SteerNode.class).size(), world.story());
        assertEquals(List.of(BACK), world.all(UnsteerNode.class), world.story());
        assertInstanceOf(
                NodeState.GivenUp.class, world.state.node().orElseThrow().standing(), world.story());
    }
}
