package dev.reroam.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    @ParameterizedTest
    @CsvSource({"mode,mode,0", "moed,mode,1", "mod,mode,1", "mmode,mode,1", "made,mode,1", "'',log,3", "abc,cab,2"})
    void countsInsertionsDeletionsChangesAndSwaps(String a, String b, int distance) {
        assertEquals(distance, Nearest.distance(a, b));
    }

    @Test
    void offersNothingWhereNothingIsNear() {
        assertEquals(Optional.empty(), Nearest.to("wireguard", List.of("mode", "log")));
        assertEquals(Optional.empty(), Nearest.to("x".repeat(1_000_000), List.of("mode")));
        assertEquals(Optional.empty(), Nearest.to("xy", List.of("ab")));
    }

    @Test
    void prefersTheNearer() {
        assertEquals(Optional.of("port"), Nearest.to("prt", List.of("part0", "port", "probe")));
    }
}
