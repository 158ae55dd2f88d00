package dev.reroam.recovery;

import static dev.reroam.recovery.World.MS;
import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.GatewaySeen;
import dev.reroam.recovery.Observation.UplinkHeard;
import dev.reroam.recovery.Observation.UplinkUnheard;
import dev.reroam.recovery.UplinkHealth.State;
import dev.reroam.uplink.Uplink;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the gateway itself says of an uplink that servers are silent over. */
class GatewayTest {

    private static final Uplink FIRST = World.uplink(1);

    private static World heardBy(List<Endpoint> servers) {
        World world = World.withOnePeer(PortUse.FREE);
        world.ways();
        for (var server : servers) {
            world.take(new UplinkHeard(FIRST, server));
        }
        world.seen(1, "", "203.0.113.1");
        world.advance(SECOND);
        return world;
    }

    private static void silence(World world, List<Endpoint> servers, int times) {
        for (int i = 0; i < times; i++) {
            world.advance(100 * MS);
            world.take(new UplinkUnheard(FIRST, servers.get(i % servers.size()), world.now - 100 * MS));
        }
    }

    private static State health(World world) {
        return world.state.uplinks().get(FIRST).health().state();
    }

    private static void gateway(World world, boolean answers, int times) {
        for (int i = 0; i < times; i++) {
            world.take(new GatewaySeen(FIRST, answers));
        }
    }

    @Test
    void oneServerIsBelievedWhereTheGatewayIsSilentToo() {
        var servers = List.of(World.SERVER);
        World world = heardBy(servers);
        gateway(world, true, 1);
        silence(world, servers, 6);
        assertEquals(State.SUSPECT, health(world), "one server may be dead");
        gateway(world, false, 1);
        assertEquals(State.SUSPECT, health(world), "a link may fail for a moment");
        gateway(world, false, 1);
        assertEquals(State.DEAD, health(world), world.story());
    }

    @Test
    void aGatewayIsNoWitnessWhoAnswersOrNeverHasOrSpokeLongAgo() {
        var servers = List.of(World.SERVER);
        World never = heardBy(servers);
        gateway(never, false, 5);
        silence(never, servers, 6);
        assertEquals(State.SUSPECT, health(never), never.story());

        World answers = heardBy(servers);
        gateway(answers, true, 1);
        silence(answers, servers, 6);
        assertEquals(State.SUSPECT, health(answers), answers.story());

        World longAgo = heardBy(servers);
        gateway(longAgo, true, 1);
        gateway(longAgo, false, 2);
        longAgo.advance(11 * SECOND);
        silence(longAgo, servers, 6);
        assertEquals(State.SUSPECT, health(longAgo), longAgo.story());

        World alone = heardBy(servers);
        gateway(alone, true, 1);
        silence(alone, servers, 1);
        gateway(alone, false, 2);
        assertEquals(State.SUSPECT, health(alone), "one question may be lost");
    }

    @Test
    void theIncidentSaysWhichSideOfTheGatewayIsDead() {
        var servers = List.of(World.SERVER, World.OTHER_SERVER);
        World world = heardBy(servers);
        world.peer().passes = World.WAN2::equals;
        silence(world, servers, 1);
        world.take(new GatewaySeen(FIRST, true));
        silence(world, servers, 6);
        assertEquals(State.DEAD, health(world), world.story());
        assertTrue(
                world.notes(NoteKind.OPENED).getFirst().what().endsWith(" went unanswered, its gateway answers"),
                world.story());
        world.take(new GatewaySeen(FIRST, false));
        world.take(new GatewaySeen(FIRST, false));
        assertEquals(
                1,
                world.notes(NoteKind.SEEN).stream()
                        .filter(note -> note.what().endsWith(": its gateway does not answer"))
                        .count(),
                world.story());
    }

    @Test
    void probationLastsUntilTheGatewayAnswersToo() {
        var servers = List.of(World.SERVER, World.OTHER_SERVER);
        World world = onProbation(servers);
        for (int i = 0; i < 9; i++) {
            gateway(world, false, 2);
            answers(world, servers, 5);
        }
        assertEquals(State.PROBATION, health(world), world.story());
        gateway(world, true, 1);
        answers(world, servers, 6);
        assertEquals(State.ALIVE, health(world), world.story());
    }

    /** Some do not answer what the kernel asks them alone. */
    @Test
    void probationIsNotHeldUpForEver() {
        var servers = List.of(World.SERVER, World.OTHER_SERVER);
        World world = onProbation(servers);
        for (int i = 0; i < 14; i++) {
            gateway(world, false, 2);
            answers(world, servers, 5);
        }
        assertEquals(State.ALIVE, health(world), world.story());
    }

    private static World onProbation(List<Endpoint> servers) {
        World world = heardBy(servers);
        gateway(world, true, 1);
        silence(world, servers, 8);
        assertEquals(State.DEAD, health(world), world.story());
        answers(world, servers, 1);
        assertEquals(State.PROBATION, health(world), world.story());
        return world;
    }

    private static void answers(World world, List<Endpoint> servers, int seconds) {
        for (int i = 0; i < seconds; i++) {
            world.advance(SECOND);
            servers.forEach(server -> world.take(new UplinkHeard(FIRST, server)));
        }
    }
}
