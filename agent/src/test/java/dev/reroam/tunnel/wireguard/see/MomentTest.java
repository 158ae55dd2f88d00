package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.PeerFacts;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MomentTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long WALL = 1_700_000_000L * SECOND;

    // The dump before: asked for at 10 s, told at 10.1 s of the monotonic clock.
    private static final Optional<Moment> BEFORE = Optional.of(moment(10 * SECOND, 10 * SECOND + SECOND / 10, 0));

    @Test
    void neverIsNever() {
        assertEquals(PeerFacts.NEVER, at(20 * SECOND).handshakeAt(Optional.empty(), 0, 0));
        assertEquals(PeerFacts.NEVER, at(20 * SECOND).handshakeAt(BEFORE, 0, 0));
    }

    @Test
    void isAsLongAgoAsTheStampSays() {
        assertEquals(15 * SECOND + 7, stamped(at(20 * SECOND), BEFORE, 15 * SECOND + 7));
        assertEquals(-100 * SECOND, stamped(at(20 * SECOND), Optional.empty(), -100 * SECOND));
    }

    @Test
    void isNotBeforeTheDumpThatDidNotShowIt() {
        assertEquals(10 * SECOND + 1, stamped(at(20 * SECOND), BEFORE, 3 * SECOND));
    }

    @Test
    void isNotAfterTheDumpThatShowsIt() {
        assertEquals(20 * SECOND, stamped(at(20 * SECOND), BEFORE, 50 * SECOND));
        assertEquals(20 * SECOND, stamped(at(20 * SECOND), Optional.empty(), 50 * SECOND));
    }

    @Test
    void isTheEarliestPossibleWhereTheWallClockWasSet() {
        assertEquals(10 * SECOND + 1, stamped(moment(20 * SECOND, 20 * SECOND, 3600 * SECOND), BEFORE, 15 * SECOND));
        assertEquals(10 * SECOND + 1, stamped(moment(20 * SECOND, 20 * SECOND, -3600 * SECOND), BEFORE, 15 * SECOND));
    }

    @Test
    void givesTheSlewOfTheWallClockAway() {
        var slewed = moment(20 * SECOND, 20 * SECOND, -SECOND / 100);
        assertEquals(15 * SECOND, slewed.handshakeAt(BEFORE, WALL / SECOND + 15, 0));
    }

    @Test
    void survivesAnyStamp() {
        long[] odd = {1, 1_000_000, WALL / SECOND, Long.MAX_VALUE / SECOND, Long.MAX_VALUE};
        for (long seconds : odd) {
            for (var moment : new Moment[] {at(20 * SECOND), new Moment(20 * SECOND, 20 * SECOND, Long.MIN_VALUE)}) {
                long handshake = moment.handshakeAt(BEFORE, seconds, 999_999_999);
                assertTrue(handshake > 10 * SECOND && handshake <= 20 * SECOND, () -> "stamp " + seconds);
                assertTrue(moment.handshakeAt(Optional.empty(), seconds, 0) <= 20 * SECOND);
            }
        }
    }

    /** A handshake stamped at this moment of the monotonic clock by a wall clock that is right. */
    private static long stamped(Moment moment, Optional<Moment> before, long monotonic) {
        long stamp = WALL + monotonic;
        return moment.handshakeAt(before, stamp / SECOND, (int) (stamp % SECOND));
    }

    private static Moment at(long monotonic) {
        return moment(monotonic, monotonic, 0);
    }

    private static Moment moment(long askedAt, long toldAt, long wallIsOff) {
        return new Moment(askedAt, toldAt, WALL + toldAt + wallIsOff);
    }
}
