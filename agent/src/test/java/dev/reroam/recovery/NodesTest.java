package dev.reroam.recovery;

import static dev.reroam.recovery.World.MS;
import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action.EndNodeConnections;
import dev.reroam.recovery.Action.KickNode;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.PingNode;
import dev.reroam.recovery.NodeFacts.Condition;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Observation.WaysSeen;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Tailscale node beside no WireGuard at all. */
class NodesTest {

    private static final NodeFacts.Peer LAPTOP = new NodeFacts.Peer("laptop", IpAddress.parse("100.64.0.2"), true);
    private static final NodeFacts.Peer PHONE = new NodeFacts.Peer("phone", IpAddress.parse("100.64.0.3"), false);
    private static final List<String> REBIND = List.of("rebind", "restun");

    private final World world = new World();

    private void node(Condition condition, NodeFacts.Peer... active) {
        world.take(new Observation.NodeSeen(
                new NodeFacts("nas", condition, true, true, 41_641, NodeFacts.Marks.NONE, List.of(active))));
    }

    private void ways(Integer... uplinks) {
        world.take(new WaysSeen(List.of(uplinks).stream().map(World::uplink).toList(), Optional.empty()));
    }

    private List<List<String>> kicks() {
        return world.all(KickNode.class).stream().map(KickNode::words).toList();
    }

    private NodeState.Standing standing() {
        return world.state.node().orElseThrow().standing();
    }

    @Test
    void anotherWayOutIsToldAtOnceAndProvedByAPing() {
        ways(1, 2);
        node(Condition.RUNNING, LAPTOP, PHONE);
        ways(2, 1);
        assertEquals(List.of(REBIND), kicks(), world.story());
        assertEquals(List.of(new EndNodeConnections(World.uplink(1), world.now)), world.all(EndNodeConnections.class));
        assertEquals(
                List.of(new Action.ForgetNodeFlows(41_641, List.of(World.uplink(2)))),
                world.all(Action.ForgetNodeFlows.class));
        world.advance(SECOND);
        assertEquals(
                List.of("tailscale/nas: laptop answers directly after 20 ms"),
                world.notes(NoteKind.PROVED).stream().map(Action.Note::what).toList(),
                world.story());
        assertEquals(List.of(REBIND), kicks(), world.story());
        world.advance(60 * SECOND);
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
        assertEquals(2, world.all(PingNode.class).size(), "those that it talked with, once: " + world.story());
    }

    @Test
    void aFirstSightOfTheWaysIsNoChange() {
        node(Condition.RUNNING, LAPTOP);
        ways(1);
        ways(1, 2);
        world.advance(10 * SECOND);
        assertEquals(List.of(), kicks(), world.story());
        assertEquals(List.of(), world.notes(NoteKind.OPENED));
    }

    @Test
    void anotherWayAfterAWhileWithoutAnyIsTold() {
        ways(1);
        node(Condition.RUNNING, LAPTOP);
        ways();
        world.advance(10 * SECOND);
        assertEquals(List.of(), kicks(), world.story());
        ways(2);
        assertEquals(List.of(REBIND), kicks(), world.story());
    }

    @Test
    void theSameWayAfterAWhileWithoutAnyIsNoChange() {
        ways(1);
        node(Condition.RUNNING, LAPTOP);
        ways();
        world.advance(10 * SECOND);
        ways(1);
        assertEquals(List.of(), kicks(), world.story());
    }

    @Test
    void oneThatTalkedWithNobodyIsToldAndHasNothingToProve() {
        ways(1, 2);
        node(Condition.RUNNING);
        ways(2);
        world.advance(60 * SECOND);
        assertEquals(List.of(REBIND), kicks(), world.story());
        assertEquals(List.of(), world.all(PingNode.class));
        assertInstanceOf(NodeState.Resting.class, standing());
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
    }

    @ParameterizedTest
    @EnumSource(names = {"PERSONS", "UNCLEAR"})
    void oneThatIsLoggedOutOrUnclearIsNeverTouched(Condition condition) {
        ways(1, 2);
        node(condition, LAPTOP);
        ways(2);
        world.take(new Observation.Woke(3_600 * SECOND));
        world.advance(60 * SECOND);
        assertEquals(List.of(), kicks(), world.story());
        assertEquals(List.of(), world.all(EndNodeConnections.class));
    }

    @Test
    void oneThatDoesNotLetItselfBeRepairedIsLeftAndTold() {
        ways(1, 2);
        world.take(new Observation.NodeSeen(
                new NodeFacts("nas", Condition.RUNNING, false, true, 41_641, NodeFacts.Marks.NONE, List.of(LAPTOP))));
        ways(2);
        world.advance(60 * SECOND);
        assertEquals(List.of(), kicks(), world.story());
        assertEquals(1, world.notes(NoteKind.SKIPPED).size(), world.story());
    }

    @Test
    void silenceLeadsToTheRelaysAndThenToAPersonAndAnAnswerEndsThat() {
        world.answering = name -> false;
        ways(1, 2);
        node(Condition.RUNNING, LAPTOP);
        ways(2);
        world.advance(30 * SECOND);
        assertEquals(List.of(REBIND, List.of("break-derp-conns", "restun")), kicks(), world.story());
        assertInstanceOf(NodeState.GivenUp.class, standing());
        assertEquals(1, world.notes(NoteKind.GAVE_UP).size(), world.story());
        world.answering = name -> true;
        world.advance(20 * SECOND);
        assertInstanceOf(NodeState.Resting.class, standing(), world.story());
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
    }

    @Test
    void aChangeBeyondTheGatewayCountsLikeOneThatIsSeen() {
        ways(1);
        node(Condition.RUNNING, LAPTOP);
        world.seen(1, "203.0.113.1", "203.0.113.2");
        assertEquals(List.of(REBIND), kicks(), world.story());
        world.advance(SECOND);
        assertInstanceOf(NodeState.Resting.class, standing(), world.story());
    }

    @Test
    void whatHappensBeyondAnotherUplinkIsNoneOfItsBusiness() {
        ways(1, 2);
        node(Condition.RUNNING, LAPTOP);
        world.seen(2, "203.0.113.1", "203.0.113.2");
        world.advance(SECOND);
        assertEquals(List.of(), kicks(), world.story());
    }

    @Test
    void aFlapIsFollowedOnceASecondAndToItsEnd() {
        ways(1, 2);
        node(Condition.RUNNING, LAPTOP);
        for (int i = 0; i < 20; i++) {
            ways(i % 2 == 0 ? 2 : 1);
            world.advance(100 * MS);
        }
        world.advance(5 * SECOND);
        assertTrue(kicks().size() >= 2 && kicks().size() <= 4, world.story());
        assertInstanceOf(NodeState.Resting.class, standing(), world.story());
    }

    @Test
    void theSecondFailoverWithinTenSecondsIsHandledToo() {
        ways(1, 2);
        node(Condition.RUNNING, LAPTOP);
        ways(2, 1);
        world.advance(3 * SECOND);
        ways(1, 2);
        world.advance(3 * SECOND);
        assertEquals(List.of(REBIND, REBIND), kicks(), world.story());
        assertInstanceOf(NodeState.Resting.class, standing(), world.story());
    }

    private long in;
    private long out;

    /** A second of packets each way, as far as they come, counted ten times. */
    private void traffic(int in, int out) {
        for (int i = 0; i < 10; i++) {
            world.advance(100 * MS);
            this.in += in;
            this.out += out;
            world.take(new Observation.TrafficSeen(NodeState.TRAFFIC, this.in, this.out, 100 * this.out));
        }
    }

    @Test
    void silenceWhereItTalksAsksWhatTheWorldSeesAndTouchesNothing() {
        ways(1, 2);
        node(Condition.RUNNING, LAPTOP);
        world.seen(1, "", "203.0.113.1");
        for (int i = 0; i < 5; i++) {
            traffic(5, 5);
        }
        assertEquals(List.of(), world.all(Action.AskUplink.class), world.story());
        traffic(0, 5);
        assertEquals(List.of(new Action.AskUplink(World.uplink(1))), world.all(Action.AskUplink.class), world.story());
        for (int i = 0; i < 8; i++) {
            traffic(0, 5);
        }
        assertEquals(1, world.all(Action.AskUplink.class).size(), "not all the time");
        assertEquals(List.of(), kicks(), world.story());
        assertEquals(List.of(), world.notes(NoteKind.OPENED));
    }

    @Test
    void aNodeThatListensToNobodyIsNotDoubted() {
        ways(1);
        node(Condition.RUNNING, LAPTOP);
        world.seen(1, "", "203.0.113.1");
        for (int i = 0; i < 5; i++) {
            traffic(0, 5);
        }
        assertEquals(List.of(), world.all(Action.AskUplink.class), world.story());
    }

    @Test
    void aRefusalIsSaid() {
        world.kicking = new RepairOutcome.Refused("rebind", "", "HTTP 403 debug access denied");
        ways(1, 2);
        node(Condition.RUNNING, LAPTOP);
        ways(2);
        world.advance(SECOND);
        assertEquals(
                List.of("tailscale/nas: rebind is refused: HTTP 403 debug access denied"),
                world.notes(NoteKind.GAVE_UP).stream().map(Action.Note::what).toList(),
                world.story());
    }

    @Test
    void oneThatEndsMeanwhileEndsItsPartOfTheIncident() {
        world.answering = name -> false;
        ways(1, 2);
        node(Condition.RUNNING, LAPTOP);
        ways(2);
        world.advance(SECOND);
        world.take(new Observation.NodeGone("there is no tailscaled any more"));
        world.advance(60 * SECOND);
        assertEquals(Optional.empty(), world.state.node());
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
    }

    @Test
    void sleepIsAChangeAndSoIsAPersonsWish() {
        ways(1);
        node(Condition.RUNNING, LAPTOP);
        world.take(new Observation.Woke(3_600 * SECOND));
        world.advance(2 * SECOND);
        world.take(new Observation.RecoverAsked(new Observation.Meant.Everything()));
        world.advance(2 * SECOND);
        assertEquals(List.of(REBIND, REBIND), kicks(), world.story());
    }
}
