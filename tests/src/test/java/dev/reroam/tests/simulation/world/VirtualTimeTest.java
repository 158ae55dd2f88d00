package dev.reroam.tests.simulation.world;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {

    private final VirtualTime time = new VirtualTime(-5);
    private final List<String> ran = new ArrayList<>();

    private Runnable say(String what) {
        return () -> ran.add(what + "@" + time.now());
    }

    @Test
    void runsInOrderAndAtOneInstantAsAsked() {
        time.at(10, say("late"));
        time.at(0, say("first"));
        time.at(0, say("second"));
        time.at(-100, say("past"));
        time.runUntil(5);
        assertEquals(List.of("past@-5", "first@0", "second@0"), ran);
        assertEquals(5, time.now());
        time.runUntil(10);
        assertEquals("late@10", ran.getLast());
    }

    @Test
    void aTimerThatIsMovedRunsOnceAndOneThatIsCancelledNever() {
        var timer = new Timer(time, say("timer"));
        timer.setAt(3);
        timer.setAt(7);
        timer.setAt(6);
        time.runUntil(20);
        assertEquals(List.of("timer@6"), ran);
        timer.setAt(25);
        timer.cancel();
        time.runUntil(30);
        timer.setAt(31);
        time.runUntil(40);
        assertEquals(List.of("timer@6", "timer@31"), ran);
    }

    @Test
    void chanceIsTheSameForTheSameSeedAndPurpose() {
        var one = new Chance(7);
        var fork = one.fork("a").next();
        one.next();
        assertEquals(fork, new Chance(7).fork("a").next());
        // The vector that everybody tests SplitMix64 with: kept scenarios mean the same for ever.
        var known = new Chance(1_234_567);
        assertEquals(6_457_827_717_110_365_317L, known.next());
        assertEquals(3_203_168_211_198_807_973L, known.next());
    }
}
