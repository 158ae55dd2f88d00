package dev.reroam.sentinel;

import static dev.reroam.sentinel.SentinelWorld.A;
import static dev.reroam.sentinel.SentinelWorld.MS;
import static dev.reroam.sentinel.SentinelWorld.SECOND;
import static dev.reroam.sentinel.SentinelWorld.WAN;
import static dev.reroam.sentinel.SentinelWorld.behind;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.sentinel.SentinelWorld.Nat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the servers' words say about the NAT, without a packet more. */
class NatMappingTest {

    private final SentinelWorld world = SentinelWorld.started(7);

    private static Nat hard(String address) {
        return (server, port, now) -> Optional.of(
                new Endpoint(IpAddress.parse(address), 50_000 + server.address().hashCode() % 1_000));
    }

    /** Each flow that rests for ten seconds gets another port, and the same one for all. */
    private static Nat forgetful() {
        return (server, port, now) -> Optional.of(
                new Endpoint(IpAddress.parse("203.0.113.1"), (int) (40_000 + now / (10 * SECOND) % 20_000)));
    }

    private NatMapping believed() {
        return NatMapping.of(world.state.watches().get(WAN), WAN);
    }

    @Test
    void oneMappingForAllIsEndpointIndependent() {
        assertEquals(NatMapping.ENDPOINT_INDEPENDENT, believed());
    }

    @Test
    void whatNobodyTranslatesHasNoNat() {
        world.nats.put(WAN, behind(WAN.source().toString()));
        world.advance(60 * SECOND);
        assertEquals(NatMapping.NONE, believed());
    }

    @Test
    void anotherMappingForEachServerIsDependent() {
        world.nats.put(WAN, hard("203.0.113.1"));
        world.advance(120 * SECOND);
        assertEquals(NatMapping.DEPENDENT, believed());
    }

    /** A second server is asked at once, since the first sees another address; else with the next two questions. */
    @Test
    void behindAnotherWanItIsKnownAgain() {
        world.nats.put(WAN, hard("198.51.100.1"));
        world.take(new SentinelEvent.Disturbed(WAN));
        world.advance(500 * MS);
        assertEquals(NatMapping.DEPENDENT, believed());
        world.advance(20 * SECOND);
        world.nats.put(WAN, behind("203.0.113.1"));
        world.take(new SentinelEvent.Disturbed(WAN));
        world.advance(500 * MS);
        assertNotEquals(NatMapping.DEPENDENT, believed(), "what was said of the WAN before says nothing");
        world.advance(31 * SECOND);
        assertEquals(NatMapping.ENDPOINT_INDEPENDENT, believed());
    }

    @Test
    void oneServerAloneTellsNothing() {
        world.take(new SentinelEvent.ServersSeen(List.of(A)));
        world.advance(60 * SECOND);
        assertEquals(NatMapping.UNKNOWN, believed());
    }

    @Test
    void mappingThatTimesOutBetweenQuestionsIsNotTakenForAHardNat() {
        world.nats.put(WAN, forgetful());
        for (int i = 0; i < 600; i++) {
            world.advance(SECOND);
            assertNotEquals(NatMapping.DEPENDENT, believed());
        }
    }
}
