package dev.reroam.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NetworkRehearsalTest {

    @Test
    void everyMoveGivesTheSignsOfARealOne() {
        // The first route is new; each move after it takes one away and brings one.
        assertEquals(1, NetworkRehearsal.play(1));
        assertEquals(1 + 2 * 9, NetworkRehearsal.play(10));
    }
}
