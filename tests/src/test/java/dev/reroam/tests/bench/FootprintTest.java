package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.bench.Footprint.Sample;
import dev.reroam.tests.bench.ProcessUse.Memory;
import dev.reroam.tests.bench.ProcessUse.ThreadUse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FootprintTest {

    // 300 s: 0.6 s of processor, 500 wake-ups, of which 250 are the JVM's own.
    private static final Sample SAMPLE = new Sample(
            new ProcessUse(Map.of(
                    1L, new ThreadUse("agent", 500_000_000, 400), 2L, new ThreadUse("VM Thread", 100_000_000, 100))),
            new ProcessUse(Map.of(1L, new ThreadUse("main", 1_000_000, 250))),
            new Memory(70 << 20, 20 << 20, 75 << 20),
            new Memory(40 << 20, 15 << 20, 40 << 20),
            300);

    @Test
    void countsByTheMinuteAndTheProcessorInPercentOfACore() {
        assertEquals(0.2, SAMPLE.cpuPercent(), 1e-9);
        assertEquals(100, SAMPLE.wakeUps(), 1e-9);
        assertEquals(50, SAMPLE.sleepersWakeUps(), 1e-9);
        assertEquals("agent 80, VM Thread 20", SAMPLE.threads());
    }

    @Test
    void judgesTheWorstAgent() {
        var figures = Footprint.result(List.of(SAMPLE), 200).figures();
        assertTrue(figures.stream().flatMap(figure -> figure.targets().stream()).allMatch(Target::met));
        var large = new Sample(
                SAMPLE.agent(),
                SAMPLE.sleeper(),
                new Memory(90 << 20, 20 << 20, 90 << 20),
                SAMPLE.sleeperMemory(),
                300);
        assertEquals(
                List.of("resident"),
                Footprint.result(List.of(SAMPLE, SAMPLE, large), 200).figures().stream()
                        .filter(figure -> figure.targets().stream().anyMatch(target -> !target.met()))
                        .map(Figure::name)
                        .toList());
    }

    @Test
    void sleepsWithTheAgentsFlags() {
        var words = FootprintSubject.sleeping(List.of("java", "-Xmx24m", "-cp", "agent.jar"));
        assertEquals(List.of("java", "-Xmx24m", "-cp"), words.subList(0, 3));
        assertEquals(Sleeper.class.getName(), words.get(4));
        assertThrows(IllegalStateException.class, () -> FootprintSubject.sleeping(List.of("java")));
    }
}
