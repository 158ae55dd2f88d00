package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RehearsalTest {

    @Test
    void playsWholeIncidents() {
        var recovery = new Recovery(Ladder.standard(), RecoveryConfig.standard(false));
        long began = System.nanoTime();
        long one = Rehearsal.play(recovery, 1);
        long first = System.nanoTime() - began;
        long more = Rehearsal.play(recovery, 51) - one;
        long all = System.nanoTime() - began - first;
        System.out.println("rehearsal: first incident " + first / 1_000 + " us, 50 more " + all / 1_000 + " us");
        assertTrue(one > 10, () -> one + " actions");
        assertEquals(50 * (more / 50), more, "each incident is like the other");
    }
}
