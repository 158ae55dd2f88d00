package dev.reroam.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutageTest {

    private static final long MILLI = 1_000_000;

    @Test
    void readsAnAnswerOfPing() {
        var line = "[1795223485.582902] 64 bytes from 10.9.0.1: icmp_seq=7 ttl=64 time=0.442 ms";
        var answeredAt = 1_795_223_485_582_902_000L;
        assertEquals(Optional.of(new Echo(7, answeredAt - 442_000, answeredAt)), Echo.parse(line));
    }

    @Test
    void duplicatesAndErrorsAreNoAnswers() {
        assertEquals(
                Optional.empty(), Echo.parse("[1.000001] 64 bytes from 10.9.0.1: icmp_seq=7 ttl=64 time=1 ms (DUP!)"));
        assertEquals(Optional.empty(), Echo.parse("[1.000001] From 10.9.0.9 icmp_seq=7 Destination Host Unreachable"));
        assertEquals(Optional.empty(), Echo.parse("PING 10.9.0.1 (10.9.0.1) 56(84) bytes of data."));
    }

    @Test
    void countsFromTheInstantAtWhichAFreshPacketCouldPass() {
        var echoes = every20Millis(0, 980);
        echoes.addAll(every20Millis(1500, 2000));
        var outage = Outage.of(echoes, new Moments(1000 * MILLI, 1010 * MILLI, 1200 * MILLI), 2000 * MILLI);
        assertEquals(Optional.of(Duration.ofMillis(300)), outage.healedAfter());
        assertEquals(Duration.ofMillis(520), outage.hole());
        assertEquals(Duration.ofMillis(800), outage.watched());
    }

    @Test
    void anEchoOnItsWayAtTheCutProvesNothing() {
        var echoes = every20Millis(0, 980);
        echoes.add(new Echo(51, 999 * MILLI, 1001 * MILLI));
        var outage = Outage.of(echoes, Moments.of(1000 * MILLI, 1000 * MILLI), 4000 * MILLI);
        assertEquals(Optional.empty(), outage.healedAfter());
        assertEquals(Duration.ofMillis(2999), outage.hole());
    }

    @Test
    void aSecondSilenceAfterTheFirstAnswerCountsInTheHole() {
        var echoes = every20Millis(0, 980);
        echoes.addAll(every20Millis(1100, 1100));
        echoes.addAll(every20Millis(1500, 1600));
        var outage = Outage.of(echoes, Moments.of(1000 * MILLI, 1000 * MILLI), 1600 * MILLI);
        assertEquals(Optional.of(Duration.ofMillis(100)), outage.healedAfter());
        assertEquals(Duration.ofMillis(400), outage.hole());
    }

    private static List<Echo> every20Millis(long from, long to) {
        var echoes = new ArrayList<Echo>();
        for (long at = from; at <= to; at += 20) {
            echoes.add(new Echo((int) (at / 20) + 1, at * MILLI, at * MILLI));
        }
        return echoes;
    }
}
