package dev.reroam.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A scenario is a seed: the same one gives the same bytes, here and in another process. */
class DeterminismTest {

    private static final long FIRST = 4_000;
    private static final int SEEDS = 12;

    @Test
    void aSeedGivesTheSameTraceTwice() {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            var once = Simulation.run(ScenarioMaker.of(seed));
            var twice = Simulation.run(ScenarioMaker.of(seed));
            assertEquals(once.trace(), twice.trace());
            assertEquals(once, twice);
            assertTrue(once.trace().lines().count() > 10, () -> once.trace());
        }
    }

    @Test
    void anotherSeedGivesAnother() {
        assertNotEquals(
                Simulation.run(ScenarioMaker.of(FIRST)).hash(),
                Simulation.run(ScenarioMaker.of(FIRST + 1)).hash());
    }

    @Test
    void aScenarioSurvivesItsText() throws Exception {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            Scenario scenario = ScenarioMaker.of(seed);
            assertEquals(scenario, Scenario.parse(scenario.text()));
        }
    }

    /** There the JDK iterates its immutable sets in another order. */
    @Test
    void anotherProcessGivesTheSameTrace() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        java,
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertEquals(hashes(), said.lines().toList());
    }

    private static List<String> hashes() {
        var hashes = new ArrayList<String>();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            hashes.add(Simulation.run(ScenarioMaker.of(seed)).hash());
        }
        return hashes;
    }

    static final class Child {
        public static void main(String[] args) {
            hashes().forEach(System.out::println);
        }
    }
}
