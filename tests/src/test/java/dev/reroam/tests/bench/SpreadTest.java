package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void quantilesAreValuesThatWereMeasured() {
        var spread = Spread.of(
                IntStream.rangeClosed(1, 200).mapToObj(i -> (double) (201 - i)).toList());
        assertEquals(200, spread.n());
        assertEquals(1, spread.least());
        assertEquals(100, spread.median());
        assertEquals(198, spread.p99());
        assertEquals(200, spread.worst());
    }

    @Test
    void whatWasNotMeasuredMeetsNoTarget() {
        assertFalse(Target.median(Spread.of(List.of()), 1).met());
        assertFalse(
                Target.median(Spread.of(List.of(Double.POSITIVE_INFINITY)), 1).met());
        assertTrue(Target.median(Spread.of(List.of(1.0)), 1).met());
    }

    @Test
    void tellsNeverAsNullInJson() {
        var never = Figure.shown("outage", "ms", Spread.of(List.of(Double.POSITIVE_INFINITY)));
        assertTrue(never.json().get("median").isJsonNull());
        assertTrue(never.text().contains("never"));
    }
}
