package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.SilentFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * An uplink that is dead and looks alive, beside one that is fine, and nobody who fails over: the hole that the far peer sees,
 * with the agent, with nobody, and with what people run today. Each on a fresh network.
 */
final class Silent implements Bench {

    private static final int WITH_AGENT = 20;
    private static final int WITH_OTHERS = 3;
    private static final int BATCH = 2;
    private static final Duration OTHERS_WATCHED = Duration.ofMinutes(3);
    // One that still delivers is found by its servers' silence: every 15 s, a tenth more by its jitter, and the
    // verdict.
    private static final Duration AGENT_WATCHED = Duration.ofSeconds(25);
    private static final Duration GLANCE = Duration.ofSeconds(3);
    private static final double MEDIAN_MS = 700;
    private static final double WORST_MS = 1200;

    @Override
    public String name() {
        return "silent";
    }

    @Override
    public String about() {
        return "an uplink carries nothing any more while link, address and route stay, and a second one is fine: the far"
                + " peer's longest wait for an echo of 50 a second; keepalive 25 s, wireguard-go";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        var faults = SilentFaults.ALL.stream()
                .filter(fault -> options.faults().isEmpty() || options.faults().contains(fault.name()))
                .toList();
        int agents = options.samples().orElse(WITH_AGENT);
        int others = Math.min(agents, WITH_OTHERS);
        var runs = new OutageRuns(Plan.standard(), options.parallel().orElse(BATCH), Duration.ZERO, progress);
        var first = faults.subList(0, Math.min(1, faults.size()));
        var wanted = new ArrayList<OutageRuns.Wanted>();
        for (var helper : List.of(Helper.NOBODY, Helper.PING_RULE, Helper.WATCHDOG)) {
            wanted.addAll(Outages.wanted(first, helper, others, OTHERS_WATCHED));
        }
        // What a router looks like that nobody helps is asked of each fault.
        wanted.addAll(Outages.wanted(faults.subList(first.size(), faults.size()), Helper.NOBODY, 1, GLANCE));
        var samples = new ArrayList<>(runs.sideBySide(wanted));
        samples.addAll(runs.oneByOne(Outages.wanted(faults, Helper.AGENT, agents, AGENT_WATCHED)));
        var figures = new ArrayList<Figure>();
        for (var fault : faults) {
            var holes = holes(samples, fault, Helper.AGENT);
            figures.add(new Figure(
                    fault + ", with the agent",
                    "ms",
                    holes,
                    List.of(Target.median(holes, MEDIAN_MS), Target.worst(holes, WORST_MS))));
        }
        for (var fault : first) {
            for (var helper : List.of(Helper.NOBODY, Helper.PING_RULE, Helper.WATCHDOG)) {
                figures.add(Figure.shown(fault + ", " + helper.word(), "ms", holes(samples, fault, helper)));
            }
        }
        return new Result(figures, remarks(faults, runs.madeAgain()));
    }

    private static Spread holes(List<OutageSample> samples, Fault fault, Helper helper) {
        return Spread.of(samples.stream()
                .filter(sample -> sample.fault().equals(fault.name()) && sample.helper() == helper)
                .map(OutageSample::holeMillis)
                .toList());
    }

    private static List<String> remarks(List<Fault> faults, int madeAgain) {
        var remarks = new ArrayList<String>();
        faults.forEach(fault -> remarks.add(fault + ": " + fault.about()));
        remarks.add("without the agent watched for " + OTHERS_WATCHED.toSeconds() + " s, with it for "
                + AGENT_WATCHED.toSeconds() + " s; never: not healed meanwhile; the stream's resolution is 20 ms");
        if (madeAgain > 0) {
            remarks.add(madeAgain + " networks could not be set up at first and were made again");
        }
        return remarks;
    }
}
