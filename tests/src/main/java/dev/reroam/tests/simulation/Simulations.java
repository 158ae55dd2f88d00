package dev.reroam.tests.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.LongFunction;

/** Many scenarios, for those who measure. Each runs by itself, so several may at once. */
public final class Simulations {

    /**
     * What came of them. Immutable.
     *
     * @param asked how many tunnels were looked at after a fault
     * @param refreshes of healthy tunnels, each after a sign that concerned it
     * @param sockets of devices with a healthy tunnel that were opened anew
     * @param ports of such devices that were changed
     * @param violations each with its seed
     */
    public record Counts(int scenarios, int asked, long refreshes, long sockets, long ports, List<String> violations) {
        public Counts {
            violations = List.copyOf(violations);
        }

        /** Both together. */
        public Counts plus(Counts other) {
            var all = new ArrayList<>(violations);
            all.addAll(other.violations);
            return new Counts(
                    scenarios + other.scenarios,
                    asked + other.asked,
                    refreshes + other.refreshes,
                    sockets + other.sockets,
                    ports + other.ports,
                    all);
        }
    }

    private static final Counts NONE = new Counts(0, 0, 0, 0, 0, List.of());

    private Simulations() {}

    /** The scenarios of these seeds, as {@code SimulationTest} runs them. */
    public static Counts scenarios(long first, int count, ExecutorService pool) {
        return run(first, count, ScenarioMaker::of, pool);
    }

    /** So many hours on lines that lose every tenth packet. */
    public static Counts badHours(long first, int count, ExecutorService pool) {
        return run(first, count, OrdinaryDays::badHour, pool);
    }

    /** So many times some ordinary days, each time in another network. */
    public static Counts ordinaryDays(long first, int count, int days, ExecutorService pool) {
        return run(first, count, seed -> OrdinaryDays.days(seed, days), pool);
    }

    private static Counts run(long first, int count, LongFunction<Scenario> maker, ExecutorService pool) {
        var tasks = new ArrayList<Callable<Counts>>();
        for (long seed = first; seed < first + count; seed++) {
            long mine = seed;
            tasks.add(() -> run(maker.apply(mine)));
        }
        Counts all = NONE;
        try {
            for (var future : pool.invokeAll(tasks)) {
                all = all.plus(future.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return all;
    }

    private static Counts run(Scenario scenario) {
        var outcome = Simulation.run(scenario, Simulation.Brain.standard(), false);
        return new Counts(
                1,
                outcome.asked(),
                outcome.refreshes(),
                outcome.sockets(),
                outcome.ports(),
                outcome.violations().stream()
                        .map(violation -> "seed " + scenario.seed() + ": " + violation)
                        .toList());
    }
}
