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
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is asked while a tunnel is suspect. */
class HardQuestionTest {

    /** The flow to a server that was never asked is a new one, and says nothing of those that are stuck. */
    @Test
    void isNotToldThatAllIsWellByAServerThatSaidNothingBefore() {
        for (int seed = 0; seed < 20; seed++) {
            var world = new SentinelWorld(seed, SentinelConfig.EVERY);
            world.closes = true;
            world.nats.put(WAN, behind("203.0.113.1"));
            world.take(new SentinelEvent.ServersSeen(List.of(A, B)));
            world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
            world.advance(500 * MS);
            var first = world.sent.getFirst().ask();
            assertEquals(1, world.sent.size());
            world.nats.put(
                    WAN,
                    (server, port, now) -> server.equals(first.server()) && port == first.port()
                            ? Optional.empty()
                            : behind("203.0.113.99").pass(server, port, now));
            world.take(new SentinelEvent.Suspected(WAN));
            world.advance(SECOND);
            assertEquals(1, world.changes().size(), "seed " + seed);
        }
    }

    @Test
    void asksSeveralServersHardWhileNobodyAnswers() {
        var world = SentinelWorld.started(13);
        world.sent.clear();
        world.nats.clear();
        long from = world.now;
        for (int i = 0; i < 25; i++) {
            world.take(new SentinelEvent.Suspected(WAN));
            world.advance(100 * MS);
        }
        assertEquals(16, world.sent.size());
        for (int i = 2; i < 16; i++) {
            assertEquals(
                    100 * MS, world.sent.get(i).at() - world.sent.get(i - 2).at());
        }
        assertEquals(
                3, world.sent.stream().map(s -> s.ask().server()).distinct().count());
        // Each is told once, as soon as an answer is overdue.
        assertEquals(16, world.unheard.size());
        assertEquals(100 * MS, world.unheard.getFirst().at() - from);
    }

    @Test
    void callsAServerThatWasNotHeardYetSilentNoSoonerThanAnyOther() {
        var world = new SentinelWorld(18, SentinelConfig.EVERY);
        world.roundTrip = 250 * MS;
        world.nats.put(WAN, behind("203.0.113.1"));
        world.take(new SentinelEvent.ServersSeen(List.of(A, B, C)));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        world.take(new SentinelEvent.Suspected(WAN));
        world.advance(2 * SECOND);
        assertEquals(List.of(), world.unheard);
    }

    @Test
    void asksTwiceAtMostWhileThereAreAnswers() {
        var world = SentinelWorld.started(13);
        world.sent.clear();
        world.heardAt.clear();
        world.take(new SentinelEvent.Suspected(WAN));
        world.advance(2 * SECOND);
        assertEquals(2, world.sent.size());
        assertEquals(2, world.heardAt.size());
        assertEquals(List.of(), world.unheard);
    }

    @Test
    void findsAChangeThroughAStuckNatThoughOnlyOneServerHasAnEarlierWord() {
        var world = new SentinelWorld(19, SentinelConfig.EVERY);
        world.nats.put(WAN, behind("203.0.113.1"));
        world.take(new SentinelEvent.ServersSeen(List.of(A, B)));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        world.advance(500 * MS);
        assertEquals(1, world.sent.size());
        world.nats.put(WAN, stuckUpTo(world.sent.getLast().ask().port(), "203.0.113.99"));
        world.take(new SentinelEvent.Suspected(WAN));
        world.advance(2 * SECOND);
        assertEquals(1, world.changes().size());
    }

    @Test
    void doesNotCallAServerSilentBeforeItsRoundTripIsOver() {
        var world = new SentinelWorld(18, SentinelConfig.EVERY);
        world.roundTrip = 700 * MS;
        world.nats.put(WAN, behind("203.0.113.1"));
        world.take(new SentinelEvent.ServersSeen(List.of(A, B, C)));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        world.advance(120 * SECOND);
        world.unheard.clear();
        for (int i = 0; i < 20; i++) {
            world.take(new SentinelEvent.Suspected(WAN));
            world.advance(5 * SECOND);
        }
        assertEquals(List.of(), world.unheard);
    }

    @Test
    void findsAChangeWithinAHalfSecondOfSuspicionAlsoWhereOldMappingsAreStuck() {
        for (boolean stuck : List.of(false, true)) {
            for (long seed = 0; seed < 20; seed++) {
                var world = SentinelWorld.started(seed);
                world.advance(seed * 700 * MS);
                world.nats.put(
                        WAN,
                        stuck ? stuckUpTo(world.sent.getLast().ask().port(), "203.0.113.99") : behind("203.0.113.99"));
                long from = world.now;
                world.take(new SentinelEvent.Suspected(WAN));
                world.advance(2 * SECOND);
                assertEquals(1, world.changes().size(), "seed " + seed);
                long took = world.changes().getFirst().at() - from;
                assertTrue(took <= 500 * MS, () -> took / MS + " ms, stuck " + stuck);
            }
        }
    }
}
