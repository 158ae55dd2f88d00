package dev.reroam.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The brain in networks that nobody thought of. One seed alone: {@code -Dseed=}. */
class SimulationTest {

    private static final int FRESH = 500;
    private static final int ALL = 20_000;

    @Test
    void keepsEveryRuleInFreshScenarios(TestReporter reporter) throws IOException {
        run(FRESH, reporter);
    }

    @Test
    @Tag("slow")
    void keepsEveryRuleInManyScenarios(TestReporter reporter) throws IOException {
        run(ALL, reporter);
    }

    static List<Path> kept() throws IOException {
        return Kept.files();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kept")
    void keepsEveryRuleWhereItOnceBrokeOne(Path file) throws Exception {
        var outcome = Simulation.run(Kept.read(file));
        assertEquals(List.of(), outcome.violations(), file.getFileName() + "\n" + outcome.trace());
    }

    private static void run(int count, TestReporter reporter) throws IOException {
        Long only = Long.getLong("seed");
        // Above zero, so that it can be given to the command line.
        long first = only != null ? only : new SecureRandom().nextLong() >>> 20;
        int many = only != null ? 1 : count;
        reporter.publishEntry("first seed of " + many, String.valueOf(first));
        int asked = 0;
        var failures = new ArrayList<String>();
        for (long seed = first; seed < first + many; seed++) {
            Scenario scenario = ScenarioMaker.of(seed);
            var outcome = Simulation.run(scenario, Simulation.Brain.standard(), false);
            asked += outcome.asked();
            if (!outcome.violations().isEmpty()) {
                failures.add(told(scenario, outcome));
            }
        }
        assertEquals(List.of(), failures, "first seed " + first);
        assertTrue(only != null || asked > many, "only " + asked + " tunnels were looked at after a fault");
    }

    /** Written where it can be taken from, and kept for ever; with its trace beside it. */
    private static String told(Scenario scenario, Simulation.Outcome outcome) throws IOException {
        Path file = Path.of("target", "simulation", scenario.seed() + ".json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "# " + outcome.violations().getFirst() + "\n" + scenario.text() + "\n");
        Path trace = file.resolveSibling(scenario.seed() + ".trace");
        Files.writeString(trace, Simulation.run(scenario).trace());
        return "seed " + scenario.seed() + ": " + outcome.violations() + "; again: " + scenario.again() + "; trace: "
                + trace + "; keep " + file + " in " + Kept.FOLDER;
    }

    @Test
    void everySeedSaysWhichRuleItBreaks() throws Exception {
        Scenario scenario = ScenarioMaker.of(1);
        var outcome = new Simulation.Outcome("", "", List.of("untouched: a rule"), 0, 0, 0, 0);
        String told = told(scenario, outcome);
        assertTrue(told.contains("-Dseed=1") && told.contains("untouched: a rule"), told);
        Path file = Path.of("target", "simulation", "1.json");
        assertEquals(scenario, Kept.read(file));
        Files.delete(file);
        Files.delete(file.resolveSibling("1.trace"));
    }
}
