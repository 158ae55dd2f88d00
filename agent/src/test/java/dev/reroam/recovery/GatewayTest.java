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

    @Test
    void oneServerIsBelievedWhereTheGatewayIsSilentToo() {
        var servers = List.of(World.SERVER);
        World world = heardBy(servers);
        silence(world, servers, 6);
        assertEquals(State.SUSPECT, health(world), "one server may be dead");
        world.take(new GatewaySeen(FIRST, false));
        assertEquals(State.DEAD, health(world), world.story());
    }

    @Test
    void aGatewayThatAnswersIsNoWitnessAndOneAloneIsNone() {
        var servers = List.of(World.SERVER);
        World world = heardBy(servers);
        silence(world, servers, 1);
        world.take(new GatewaySeen(FIRST, false));
        assertEquals(State.SUSPECT, health(world), "one question may be lost");
        world.take(new GatewaySeen(FIRST, true));
        silence(world, servers, 6);
        assertEquals(State.SUSPECT, health(world), world.story());
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
        World world = heardBy(servers);
        silence(world, servers, 8);
        assertEquals(State.DEAD, health(world), world.story());
        answers(world, servers, 20);
        world.take(new GatewaySeen(FIRST, false));
        answers(world, servers, 40);
        assertEquals(State.PROBATION, health(world), world.story());
        world.take(new GatewaySeen(FIRST, true));
        answers(world, servers, 6);
        assertEquals(State.ALIVE, health(world), world.story());
    }

    private static void answers(World world, List<Endpoint> servers, int seconds) {
        for (int i = 0; i < seconds; i++) {
            world.advance(SECOND);
            servers.forEach(server -> world.take(new UplinkHeard(FIRST, server)));
        }
    }
}
