package dev.reroam.tests.bench;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.QuietRouter;
import dev.reroam.tests.lab.QuietRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Counts what the agent changes and may not: on tunnels that are quiet, on tunnels that carry, on a server's sleeping peers,
 * and, beyond the repair, in every fault. Bed 1. Nothing here measures time.
 */
final class FalseActions implements Bench {

    private static final int TIMES = 3;
    private static final int SIDE_BY_SIDE = 4;
    // To see where a router ends without an agent, nobody has to wait until it heals.
    private static final Duration UNHEALED = Duration.ofSeconds(2);
    private static final Duration WATCHED = Duration.ofSeconds(20);
    // Long enough for all rungs of a repair that goes on after the first answer.
    private static final Duration LINGER = Duration.ofSeconds(12);

    @Override
    public String name() {
        return "false-actions";
    }

    @Override
    public String about() {
        return "what the agent changes and may not: ports, marks, keepalives, addresses, rules, routes, packet filter,"
                + " interfaces, packets to sleeping peers, calls for a person";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        int times = options.samples().orElse(TIMES);
        var found = new LinkedHashMap<String, List<List<String>>>();
        quiet(times, options.parallel().orElse(SIDE_BY_SIDE), found, progress);
        for (var outer : IpFamily.values()) {
            var plan = Plan.standard().withOuter(outer);
            var runs = faults(plan, Outages.faults(options), progress);
            if (!runs.isEmpty()) {
                found.put("every fault, outer " + outer, runs);
            }
        }
        return result(found);
    }

    /** What each run found, by the kind of run: pure. */
    static Result result(Map<String, List<List<String>>> found) {
        var figures = new ArrayList<Figure>();
        var remarks = new ArrayList<String>();
        found.forEach((kind, runs) -> {
            var counts = Spread.of(
                    runs.stream().map(actions -> (double) actions.size()).toList());
            figures.add(new Figure(kind, "changes", counts, List.of(Target.worst(counts, 0))));
            runs.stream().flatMap(Collection::stream).forEach(action -> remarks.add(kind + ": " + action));
        });
        double total = remarks.size();
        figures.add(new Figure("all", "changes", Spread.of(List.of(total)), List.of(Target.total(total, 0))));
        return new Result(figures, remarks);
    }

    private static void quiet(
            int times, int sideBySide, Map<String, List<List<String>>> found, Consumer<String> progress) {
        var agent = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
        var kinds = new LinkedHashMap<String, Callable<QuietRouter.Report>>();
        for (var outer : IpFamily.values()) {
            for (var run : QuietRun.values()) {
                kinds.put(run + ", outer " + outer, () -> run.on(Plan.standard().withOuter(outer), agent));
            }
        }
        try (var pool = Executors.newFixedThreadPool(sideBySide)) {
            var tasks = new ArrayList<Callable<QuietRouter.Report>>();
            for (int i = 0; i < times; i++) {
                tasks.addAll(kinds.values());
            }
            progress.accept(tasks.size() + " runs that are quiet");
            var names = List.copyOf(kinds.keySet());
            int done = 0;
            for (var future : pool.invokeAll(tasks)) {
                found.computeIfAbsent(names.get(done++ % names.size()), kind -> new ArrayList<>())
                        .add(future.get().touched());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            throw Pause.interrupted(e);
        }
    }

    private static List<List<String>> faults(Plan plan, List<Fault> wanted, Consumer<String> progress) {
        // A fault that is IPv6's alone is not tried under the name of IPv4.
        var faults = wanted.stream()
                .filter(fault -> fault.planned().apply(plan).outer() == plan.outer())
                .toList();
        var runs = new OutageRuns(plan, Math.max(1, faults.size()), LINGER, progress);
        runs.sideBySide(Outages.wanted(faults, Helper.NOBODY, 1, UNHEALED));
        return runs.oneByOne(Outages.wanted(faults, Helper.AGENT, 1, WATCHED)).stream()
                .map(FalseActions::found)
                .toList();
    }

    // A run that broke has shown nothing, and must not pass for one in which nothing was touched.
    private static List<String> found(OutageSample sample) {
        var actions = sample.outage().isPresent() ? sample.falseActions() : sample.told();
        return actions.stream().map(action -> sample.fault() + ": " + action).toList();
    }
}
