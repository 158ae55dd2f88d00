package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.UpstreamFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * A NAS behind a router that fails over: the hole that the far peer sees, with the agent on the NAS and without it. Each on a
 * fresh network.
 */
final class Upstream implements Bench {

    private static final int WITH_AGENT = 10;
    private static final int WITHOUT = 3;
    private static final int BATCH = 4;
    private static final Duration CUT = Duration.ofSeconds(60);
    // The next question to a server comes after 16.5 s at most, and is asked of two servers.
    private static final Duration AGENT_WATCHED = Duration.ofSeconds(25);
    private static final double ANNOUNCED_MS = 500;
    private static final double UNDER_TRAFFIC_MS = 2000;

    @Override
    public String name() {
        return "upstream";
    }

    @Override
    public String about() {
        return "a NAS behind a router that fails over, unseen by the NAS's kernel: the far peer's longest wait for an echo"
                + " of 50 a second; keepalive 25 s, wireguard-go";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        var faults = UpstreamFaults.ALL.stream()
                .filter(fault -> options.faults().isEmpty() || options.faults().contains(fault.name()))
                .toList();
        int agents = options.samples().orElse(WITH_AGENT);
        var runs = new OutageRuns(Plan.standard(), options.parallel().orElse(BATCH), Duration.ZERO, progress);
        var samples =
                new ArrayList<>(runs.sideBySide(Outages.wanted(faults, Helper.NOBODY, Math.min(agents, WITHOUT), CUT)));
        samples.addAll(runs.oneByOne(Outages.wanted(faults, Helper.AGENT, agents, AGENT_WATCHED)));
        var figures = new ArrayList<Figure>();
        for (var fault : faults) {
            figures.add(aided(fault, holes(samples, fault, Helper.AGENT)));
            figures.add(Figure.shown(fault + ", nobody helps", "ms", holes(samples, fault, Helper.NOBODY)));
        }
        return new Result(figures, remarks(faults, samples, runs.madeAgain()));
    }

    private static Figure aided(Fault fault, Spread holes) {
        var most = most(fault);
        return new Figure(
                fault + ", with the agent",
                "ms",
                holes,
                most.isPresent() ? List.of(Target.worst(holes, most.getAsDouble())) : List.of());
    }

    // Where nothing is announced and the NAS sends nothing, only the next question to a server can tell.
    private static OptionalDouble most(Fault fault) {
        if (fault.equals(UpstreamFaults.ROUTER_ANNOUNCES)) {
            return OptionalDouble.of(ANNOUNCED_MS);
        }
        return fault.equals(UpstreamFaults.ROUTER_FAILS_OVER)
                ? OptionalDouble.empty()
                : OptionalDouble.of(UNDER_TRAFFIC_MS);
    }

    private static Spread holes(List<OutageSample> samples, Fault fault, Helper helper) {
        return Spread.of(samples.stream()
                .filter(sample -> sample.fault().equals(fault.name()) && sample.helper() == helper)
                .map(OutageSample::holeMillis)
                .toList());
    }

    private static List<String> remarks(List<Fault> faults, List<OutageSample> samples, int madeAgain) {
        var remarks = new ArrayList<String>();
        faults.forEach(fault -> remarks.add(fault + ": " + fault.about()));
        remarks.add("without the agent watched for " + CUT.toSeconds() + " s, with it for " + AGENT_WATCHED.toSeconds()
                + " s; never: not healed meanwhile; the stream's resolution is 20 ms");
        if (madeAgain > 0) {
            remarks.add(madeAgain + " networks could not be set up at first and were made again");
        }
        for (var sample : samples) {
            sample.falseActions().forEach(action -> remarks.add(sample.fault() + ": false action: " + action));
        }
        return remarks;
    }
}
