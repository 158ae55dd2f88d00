package dev.reroam.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TroublesTest {

    @Test
    void tellsTheFirstAndCountsAll() {
        var told = new ArrayList<String>();
        var troubles = new Troubles(told::add);
        assertEquals(0, troubles.count());
        for (int i = 0; i < 1_000; i++) {
            troubles.add("no answer " + i);
        }
        assertEquals(List.of("no answer 0"), told);
        assertEquals(1_000, troubles.count());
    }
}
