package dev.reroam.tests.bench;

import dev.reroam.tests.lab.CommandFailedException;
import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.RouterState;
import dev.reroam.tests.lab.Trial;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Makes the runs of {@link Outages}. Used by one thread; the runs have threads of their own.
 *
 * <p>A network that cannot be set up is made once more, for no fault has happened yet; a run that breaks after its fault is
 * never healed.
 */
final class OutageRuns {

    // They mostly wait: for a cadence, a timer, or the end of the time watched.
    private static final int SIDE_BY_SIDE = 10;
    private static final int SETTING_UP = 4;
    // An agent rehearses its repairs right after its start, and a cable wants 2 s of quiet.
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final Duration BETWEEN = Duration.ofMillis(200);

    private final Plan plan;
    private final int batch;
    private final Duration linger;
    private final Consumer<String> progress;
    private final AtomicInteger madeAgain = new AtomicInteger();
    private final Map<String, RouterState> untouched = new ConcurrentHashMap<>();

    /**
     * @param batch how many networks with an agent are set up together
     * @param linger how long after a batch's last fault the routers are left to their agents before they are looked at
     */
    OutageRuns(Plan plan, int batch, Duration linger, Consumer<String> progress) {
        this.plan = plan;
        this.batch = batch;
        this.linger = linger;
        this.progress = progress;
    }

    /**
     * A run to be made.
     *
     * @param phase from 0 to 1: where in the helper's cadence the fault falls
     */
    record Wanted(Fault fault, Helper helper, double phase, Duration watched) {}

    /** How many networks had to be made again. */
    int madeAgain() {
        return madeAgain.get();
    }

    /** Many at once: for those that wait longer than the others can disturb them. */
    List<OutageSample> sideBySide(List<Wanted> wanted) {
        var done = new AtomicInteger();
        return all(
                SIDE_BY_SIDE,
                wanted.stream()
                        .map(one -> (Callable<OutageSample>) () -> {
                            try (var trial = prepare(one)) {
                                Pause.of(one.fault().quiet());
                                var seen = finish(one, trial, strike(trial));
                                progress.accept(done.incrementAndGet() + " of " + wanted.size() + " without the agent");
                                return seen;
                            }
                        })
                        .toList());
    }

    /** One after another, in batches that are set up and torn down together. */
    List<OutageSample> oneByOne(List<Wanted> wanted) {
        var seen = new ArrayList<OutageSample>();
        for (int from = 0; from < wanted.size(); from += batch) {
            int to = Math.min(from + batch, wanted.size());
            seen.addAll(batch(wanted.subList(from, to)));
            progress.accept(to + " of " + wanted.size() + " with the agent");
        }
        return seen;
    }

    private List<OutageSample> batch(List<Wanted> wanted) {
        var trials = all(
                SETTING_UP,
                wanted.stream().map(one -> (Callable<Trial>) () -> prepare(one)).toList());
        var endings = new ArrayList<Callable<OutageSample>>();
        try {
            Pause.of(SETTLE);
            for (int i = 0; i < trials.size(); i++) {
                var trial = trials.get(i);
                var one = wanted.get(i);
                var struck = strike(trial);
                endings.add(() -> {
                    try (trial) {
                        return finish(one, trial, struck);
                    }
                });
                Pause.of(BETWEEN);
            }
            Pause.of(linger);
        } catch (IllegalStateException interrupted) {
            trials.forEach(Trial::close);
            throw interrupted;
        }
        return all(SETTING_UP, endings);
    }

    private Trial prepare(Wanted one) {
        var experiment =
                new Experiment(one.fault(), plan, one.helper().remedy(one.fault(), one.phase()), one.watched());
        try {
            return experiment.prepare();
        } catch (CommandFailedException | IllegalStateException | UncheckedIOException e) {
            madeAgain.incrementAndGet();
            progress.accept("made again: " + e.getMessage());
            return experiment.prepare();
        }
    }

    /** What the fault did, or why it could not be watched to the end. */
    private record Strike(Optional<Trial.Struck> struck, String broke) {}

    private static Strike strike(Trial trial) {
        try {
            return new Strike(Optional.of(trial.strike()), "");
        } catch (CommandFailedException | IllegalStateException | UncheckedIOException e) {
            return new Strike(Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private OutageSample finish(Wanted one, Trial trial, Strike strike) {
        var fault = one.fault().name();
        if (strike.struck().isEmpty()) {
            return new OutageSample(fault, one.helper(), Optional.empty(), List.of(), List.of(strike.broke()));
        }
        var struck = strike.struck().get();
        var told = trial.timeline(struck).stream()
                .map(entry -> entry.at().toMillis() + " ms " + entry.what())
                .toList();
        return new OutageSample(fault, one.helper(), Optional.of(struck.outage()), falseActions(one, trial), told);
    }

    /** How the router differs from one that met the same fault and that nobody helped. */
    private List<String> falseActions(Wanted one, Trial trial) {
        var fault = one.fault().name();
        return switch (one.helper()) {
            case NOBODY -> {
                untouched.putIfAbsent(fault, trial.routerState());
                yield List.of();
            }
            // They are not ours to judge, and may be at work this moment.
            case SCRIPT, RESTART, WATCHDOG, PING_RULE -> List.of();
            case AGENT -> {
                var expected = Optional.ofNullable(untouched.get(fault))
                        .orElseThrow(() -> new IllegalStateException("nobody has met " + fault + " without an agent"));
                yield trial.routerState().differencesFrom(expected);
            }
        };
    }

    private static <T> List<T> all(int width, List<Callable<T>> tasks) {
        try (ExecutorService pool = Executors.newFixedThreadPool(width)) {
            var results = new ArrayList<T>();
            for (var future : pool.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            throw Pause.interrupted(e);
        }
    }
}
