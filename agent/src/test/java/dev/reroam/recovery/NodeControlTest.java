package dev.reroam.recovery;

import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action.EndControl;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.NodeFacts.Condition;
import dev.reroam.recovery.Observation.ControlSeen;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Tailscale node's control server that is not heard, while its traffic goes on. */
class NodeControlTest {

    private static final List<IpAddress> SERVERS = List.of(IpAddress.parse("192.200.0.101"));

    private World world = new World();

    private void node(Condition condition, boolean polls) {
        world.take(new Observation.NodeSeen(
                new NodeFacts("nas", condition, true, polls, 41_641, NodeFacts.Marks.NONE, List.of())));
    }

    private void heardBefore(long seconds) {
        world.take(new ControlSeen(SERVERS, seconds * SECOND));
    }

    private List<String> notes(NoteKind kind) {
        return world.notes(kind).stream().map(Action.Note::what).toList();
    }

    @Test
    void twoMinutesOfSilenceEndItAndItIsProvedWhenTailscaledSaysSoToo() {
        node(Condition.RUNNING, false);
        heardBefore(121);
        assertEquals(List.of(new EndControl(SERVERS, NodeState.CONTROL_SILENT)), world.all(EndControl.class));
        world.advance(3 * SECOND);
        heardBefore(1);
        assertEquals(List.of(), notes(NoteKind.PROVED), "it does not say so yet");
        world.advance(2 * SECOND);
        node(Condition.RUNNING, true);
        assertEquals(List.of("tailscale/nas: its control server is heard again after 5 s"), notes(NoteKind.PROVED));
        world.advance(60 * SECOND);
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
        assertEquals(List.of(), world.all(Action.KickNode.class), "what it carries is well");
    }

    @Test
    void itIsProvedAtOnceWhereTailscaledNeverComplained() {
        node(Condition.RUNNING, true);
        heardBefore(120);
        world.advance(2 * SECOND);
        heardBefore(0);
        assertEquals(1, notes(NoteKind.PROVED).size(), world.story());
    }

    @Test
    void lessIsNoSilence() {
        node(Condition.RUNNING, true);
        heardBefore(119);
        assertEquals(List.of(), world.all(EndControl.class));
        assertEquals(List.of(), world.notes(NoteKind.OPENED));
    }

    @ParameterizedTest
    @EnumSource(names = {"PERSONS", "UNCLEAR"})
    void oneThatIsLoggedOutOrUnclearMayBeSilent(Condition condition) {
        node(condition, false);
        heardBefore(500);
        assertEquals(List.of(), world.all(EndControl.class));
    }

    @Test
    void aNextOneIsGivenItsTwoMinutes() {
        node(Condition.RUNNING, false);
        heardBefore(130);
        world.advance(60 * SECOND);
        heardBefore(190);
        assertEquals(1, world.all(EndControl.class).size(), world.story());
        assertEquals(
                List.of("tailscale/nas: its control server is not heard yet; it goes on dialling by itself"),
                notes(NoteKind.OUTCOME));
        world.advance(61 * SECOND);
        heardBefore(251);
        assertEquals(2, world.all(EndControl.class).size(), world.story());
    }

    @Test
    void observingItIsOnlySaid() {
        world = new World(Ladder.standard(), RecoveryConfig.standard(true));
        node(Condition.RUNNING, false);
        heardBefore(130);
        heardBefore(132);
        assertEquals(List.of(), world.all(EndControl.class));
        assertEquals(List.of("tailscale/nas: only observed"), notes(NoteKind.SKIPPED));
        world.advance(60 * SECOND);
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
    }

    @Test
    void withoutANodeNobodyIsMeant() {
        heardBefore(500);
        assertEquals(List.of(), world.all(EndControl.class));
    }
}
