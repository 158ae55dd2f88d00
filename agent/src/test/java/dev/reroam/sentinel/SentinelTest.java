package dev.reroam.sentinel;

import static dev.reroam.sentinel.SentinelWorld.A;
import static dev.reroam.sentinel.SentinelWorld.B;
import static dev.reroam.sentinel.SentinelWorld.C;
import static dev.reroam.sentinel.SentinelWorld.MS;
import static dev.reroam.sentinel.SentinelWorld.SECOND;
import static dev.reroam.sentinel.SentinelWorld.WAN;
import static dev.reroam.sentinel.SentinelWorld.behind;
import static dev.reroam.sentinel.SentinelWorld.stuckUpTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.sentinel.SentinelEffect.PublicSeen;
import dev.reroam.uplink.Uplink;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SentinelTest {

    private static final IpAddress OLD = IpAddress.parse("203.0.113.1");
    private static final IpAddress NEW = IpAddress.parse("203.0.113.99");

    @Test
    void asksEachUplinkEveryFifteenSecondsInTurnAndTellsOnce() {
        var world = SentinelWorld.started(1);
        world.sent.clear();
        world.advance(600 * SECOND);
        assertTrue(world.sent.size() >= 36 && world.sent.size() <= 45, () -> "" + world.sent.size());
        assertEquals(
                Set.of(A, B, C), world.sent.stream().map(s -> s.ask().server()).collect(Collectors.toSet()));
        assertEquals(1, world.told.size());
        assertEquals(Optional.empty(), world.told.getFirst().seen().before());
        assertEquals(1, world.sent.stream().map(s -> s.ask().port()).distinct().count());
        Set<Long> pauses = new HashSet<>();
        for (int i = 1; i < world.sent.size(); i++) {
            long pause = world.sent.get(i).at() - world.sent.get(i - 1).at();
            assertTrue(pause >= 13_500 * MS && pause <= 16_500 * MS, () -> pause / MS + " ms");
            pauses.add(pause);
        }
        assertTrue(pauses.size() > 10, "jittered");
    }

    @Test
    void believesAnotherAddressWhenASecondServerSeesAnotherTooAndWithinAQuarterOfASecond() {
        var world = SentinelWorld.started(2);
        world.nats.put(WAN, behind("203.0.113.99"));
        long from = world.sent.size();
        world.advance(20 * SECOND);
        assertEquals(1, world.changes().size());
        var told = world.changes().getFirst();
        assertEquals(Optional.of(OLD), told.seen().before());
        assertEquals(NEW, told.seen().mapped().address());
        assertFalse(told.seen().stuck());
        long asked = world.sent.get((int) from).at();
        assertTrue(told.at() - asked <= 250 * MS, () -> (told.at() - asked) / MS + " ms");
        world.advance(600 * SECOND);
        assertEquals(1, world.changes().size(), "the third server's news is none");
    }

    /** It may always have seen another one: who said something before can tell. */
    @Test
    void asksTheNextAtOnceWhereANewServerSeesAnotherAddress() {
        var world = new SentinelWorld(12, SentinelConfig.EVERY);
        world.nats.put(WAN, behind("203.0.113.1"));
        world.take(new SentinelEvent.ServersSeen(List.of(A, B, C)));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        world.advance(2 * SECOND);
        assertEquals(2, world.sent.size(), "one of the three was not asked yet");
        world.nats.put(WAN, behind("203.0.113.99"));
        world.advance(18 * SECOND);
        assertEquals(1, world.changes().size());
        assertTrue(world.busiestMinute(WAN) <= 12);
    }

    @Test
    void comparesWithWhatTheSameServerSaidBeforeTheUplinkWasAway() {
        for (int seed = 0; seed < 20; seed++) {
            var world = SentinelWorld.started(seed);
            // One of them has always seen something else.
            world.nats.put(
                    WAN,
                    (server, port, now) -> behind(server.equals(B) ? "192.0.2.66" : "203.0.113.1")
                            .pass(server, port, now));
            world.advance(60 * SECOND);
            world.told.clear();
            for (int i = 0; i < 5; i++) {
                returns(world, SECOND);
            }
            assertEquals(5, world.told.size());
            assertEquals(List.of(), world.changes());
            assertTrue(world.told.stream().allMatch(told -> told.seen().before().isPresent()), () -> "" + world.told);
        }
    }

    @Test
    void tellsAtOnceThatAnUplinkIsBackWithAnotherAddress() {
        var world = SentinelWorld.started(14);
        world.nats.put(WAN, behind("203.0.113.99"));
        returns(world, 100 * MS);
        assertEquals(Optional.of(OLD), world.changes().getFirst().seen().before());
    }

    private static void returns(SentinelWorld world, long stays) {
        world.take(new SentinelEvent.UplinksSeen(List.of()));
        world.advance(SECOND);
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        world.advance(stays);
    }

    @Test
    void believesOneServerWhereThereIsNoOther() {
        var world = new SentinelWorld(3, SentinelConfig.EVERY);
        world.nats.put(WAN, behind("203.0.113.1"));
        world.take(new SentinelEvent.ServersSeen(List.of(A)));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        world.advance(60 * SECOND);
        world.nats.put(WAN, behind("203.0.113.99"));
        world.advance(20 * SECOND);
        assertEquals(1, world.changes().size());
    }

    @Test
    void believesOneServerAfterASecondWhereTheOthersSayNothing() {
        var world = SentinelWorld.started(4);
        world.sent.clear();
        var first = new HashSet<Endpoint>();
        world.nats.put(WAN, (server, port, now) -> {
            first.add(first.isEmpty() ? server : first.iterator().next());
            return first.contains(server) ? behind("203.0.113.99").pass(server, port, now) : Optional.empty();
        });
        world.advance(20 * SECOND);
        assertEquals(1, world.changes().size());
        long took = world.changes().getFirst().at() - world.sent.getFirst().at();
        assertTrue(took <= 1_100 * MS, () -> took / MS + " ms");
    }

    @Test
    void doesNotBelieveAServerThatAnotherOneContradicts() {
        var world = SentinelWorld.started(5);
        Map<Endpoint, Integer> asked = new HashMap<>();
        // Only A ever sees something else, another address each time.
        world.nats.put(
                WAN,
                (server, port, now) -> behind(
                                server.equals(A)
                                        ? "203.0.113." + (100 + asked.merge(A, 1, Integer::sum) % 100)
                                        : "203.0.113.1")
                        .pass(server, port, now));
        world.advance(3_600 * SECOND);
        assertEquals(List.of(), world.changes());
        assertTrue(world.busiestMinute(WAN) <= 12);
    }

    @Test
    void takesDifferentAddressesAtDifferentServersForWhatTheyAre() {
        var world = new SentinelWorld(6, SentinelConfig.EVERY);
        world.nats.put(
                WAN,
                (server, port, now) ->
                        behind("203.0.113." + server.address().bytes()[3]).pass(server, port, now));
        world.take(new SentinelEvent.ServersSeen(List.of(A, B, C)));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        world.advance(3_600 * SECOND);
        assertEquals(1, world.told.size());
        world.nats.put(
                WAN,
                (server, port, now) ->
                        behind("203.0.113.9" + server.address().bytes()[3]).pass(server, port, now));
        world.advance(600 * SECOND);
        assertEquals(1, world.changes().size());
    }

    @Test
    void takesADifferentPortForNoChange() {
        var world = SentinelWorld.started(7);
        world.nats.put(WAN, (server, port, now) -> Optional.of(new Endpoint(OLD, 50_000)));
        world.advance(60 * SECOND);
        assertEquals(List.of(), world.changes());
        PublicSeen seen = world.told.getLast().seen();
        assertEquals(50_000, seen.mapped().port());
        assertEquals(Optional.of(OLD), seen.before());
        assertFalse(seen.stuck());
    }

    @Test
    void seesThroughANatThatHoldsOnToADeadMapping() {
        var world = SentinelWorld.started(8);
        long last = world.sent.getLast().ask().port();
        world.nats.put(WAN, stuckUpTo(last, "203.0.113.99"));
        long from = world.sent.size();
        world.advance(20 * SECOND);
        assertEquals(1, world.changes().size());
        assertTrue(world.changes().getFirst().seen().stuck());
        long took = world.changes().getFirst().at() - world.sent.get((int) from).at();
        assertTrue(took <= 1_600 * MS, () -> took / MS + " ms");
        world.advance(60 * SECOND);
        assertTrue(world.left.contains(last), "the dead port is left");
        assertTrue(world.sent.getLast().ask().port() > last);
    }

    @Test
    void tellsAStuckMappingBesideTheSameAddressOnlyAfterAskingItOnceMore() {
        var world = SentinelWorld.started(9);
        world.nats.put(WAN, stuckUpTo(world.sent.getLast().ask().port(), "203.0.113.1"));
        world.advance(20 * SECOND);
        assertEquals(List.of(), world.changes());
        assertTrue(world.told.getLast().seen().stuck());
        var other = SentinelWorld.started(9);
        // Two packets lost in a row, and nothing else.
        int[] lost = {2};
        other.nats.put(
                WAN,
                (server, port, now) ->
                        lost[0]-- > 0 ? Optional.empty() : behind("203.0.113.1").pass(server, port, now));
        other.advance(60 * SECOND);
        assertEquals(1, other.told.size());
    }

    @Test
    void noAnswerAtAllIsUnknownAndTellsNothing() {
        var world = SentinelWorld.started(10);
        world.nats.clear();
        world.sent.clear();
        world.advance(3_600 * SECOND);
        assertEquals(1, world.told.size());
        assertTrue(world.state.watches().get(WAN).silent());
        assertTrue(world.sent.size() < 300, () -> "" + world.sent.size());
        world.nats.put(WAN, behind("203.0.113.1"));
        world.advance(60 * SECOND);
        assertEquals(List.of(), world.changes());
        assertFalse(world.state.watches().get(WAN).silent());
    }

    @Test
    void aDeadServerCostsNeitherTheUplinkNorTheOthers() {
        var world = SentinelWorld.started(11);
        world.nats.put(
                WAN,
                (server, port, now) -> server.equals(B)
                        ? Optional.empty()
                        : behind("203.0.113.1").pass(server, port, now));
        world.advance(120 * SECOND);
        world.sent.clear();
        world.advance(300 * SECOND);
        assertEquals(
                0, world.sent.stream().filter(s -> s.ask().server().equals(B)).count(), "it rests");
        assertEquals(1, world.told.size());
    }

    @Test
    void asksAtOnceWhenTheNetworkChangedButNotMoreThanOnceASecond() {
        var world = SentinelWorld.started(12);
        world.advance(5 * SECOND);
        world.sent.clear();
        long from = world.now;
        for (int i = 0; i < 50; i++) {
            world.take(new SentinelEvent.Disturbed(WAN));
            world.advance(20 * MS);
        }
        assertEquals(from, world.sent.getFirst().at());
        world.advance(2 * SECOND);
        assertEquals(2, world.sent.size());
    }

    @Test
    void aRefusedQuestionIsAnUnansweredOne() {
        var world = new SentinelWorld(14, SentinelConfig.EVERY);
        world.take(new SentinelEvent.ServersSeen(List.of(A, B, C)));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        for (int i = 0; i < 1_000; i++) {
            int open = world.sent.size();
            world.take(new SentinelEvent.Refused(world.sent.get(open - 1).ask().question(), "ENETUNREACH"));
            world.advance(100 * MS);
        }
        assertTrue(world.busiestMinute(WAN) <= 12, () -> "" + world.busiestMinute(WAN));
    }

    @Test
    void forgetsAnUplinkThatIsGoneAndTakesOneOfOtherFamilyByItself() {
        var world = SentinelWorld.started(15);
        var six = new Uplink(2, "wan2", Optional.of(IpAddress.parse("fe80::1")), IpAddress.parse("2001:db8::7"));
        world.take(new SentinelEvent.UplinksSeen(List.of(six)));
        assertEquals(Set.of(six), world.state.watches().keySet());
        assertEquals(Optional.empty(), world.state.publicEndpoint(six));
        world.sent.clear();
        world.advance(60 * SECOND);
        assertEquals(List.of(), world.sent, "no server of its family");
        world.take(new SentinelEvent.ServersSeen(List.of(A, Endpoint.parse("[2001:db8:1::1]:3478"))));
        world.advance(SECOND);
        assertFalse(world.sent.isEmpty());
    }

    @Test
    void isOffWhereItIsConfiguredSo() {
        var world = new SentinelWorld(16, 0);
        world.take(new SentinelEvent.ServersSeen(List.of(A, B, C)));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        world.take(new SentinelEvent.Suspected(WAN));
        world.take(new SentinelEvent.Disturbed(WAN));
        world.advance(3_600 * SECOND);
        assertEquals(List.of(), world.sent);
    }

    @Test
    void equalSeedsTakeEqualSteps() {
        assertEquals(SentinelWorld.started(17).state, SentinelWorld.started(17).state);
    }

    /** All flows that exist are held and lead nowhere; fresh ones get out. */
}
