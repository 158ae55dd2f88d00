package dev.reroam.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An agent that has run for a week holds no more than one that has run for a day. */
class HeapTest {

    private static final int DAYS = 7;

    /** What the JVM itself puts aside now and then; the model needs less each day, for it knows all that will happen. */
    private static final long SLACK = 8 * 1024;

    /** In characters: numbers of repairs and incidents grow longer. An uplink or a peer that was not forgotten has 100 and more. */
    private static final long LONGER_NUMBERS = 30;

    @Test
    void aWeekOfOrdinaryDaysLeavesNothingInTheHeap() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        java,
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Week.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        System.out.print(said);
        List<String[]> days = said.lines().map(line -> line.split(" ", 2)).toList();
        assertEquals(DAYS, days.size(), said);
        grewBy(days, 0, SLACK);
        grewBy(days, 1, LONGER_NUMBERS);
    }

    /** From the second day on: the first three against the last three, each by the least, since some are seen amid something. */
    private static void grewBy(List<String[]> days, int column, long most) {
        var figures = days.stream().map(day -> Long.parseLong(day[column])).toList();
        long before = Collections.min(figures.subList(1, 4));
        long after = Collections.min(figures.subList(4, DAYS));
        assertTrue(after - before < most, () -> "after each day: " + figures);
    }

    /**
     * Prints after each day the bytes of live heap, and the length of what the brain remembers; in a process of its own, for no
     * other test shall be in it.
     */
    static final class Week implements Watcher {

        private static final long DAY = 24 * 3_600 * VirtualTime.SECOND;

        private long nextAt = Long.MIN_VALUE;
        private int days;

        private Week() {}

        public static void main(String[] arguments) {
            var outcome = Simulation.run(OrdinaryDays.days(1, DAYS), Simulation.Brain.standard(), false, new Week());
            if (!outcome.violations().isEmpty()) {
                throw new IllegalStateException(outcome.violations().toString());
            }
        }

        @Override
        public void onStep(RecoveryState before, Observation observation, long now, Step step) {
            if (nextAt == Long.MIN_VALUE) {
                // Before the night's reconnect of the first day, and before the end of the last one.
                nextAt = now + DAY - 60 * VirtualTime.SECOND;
            } else if (now - nextAt >= 0 && days < DAYS) {
                nextAt += DAY;
                days++;
                System.out.println(live() + " " + step.state().toString().length());
            }
        }

        private static long live() {
            var memory = ManagementFactory.getMemoryMXBean();
            memory.gc();
            memory.gc();
            return memory.getHeapMemoryUsage().getUsed();
        }
    }
}
