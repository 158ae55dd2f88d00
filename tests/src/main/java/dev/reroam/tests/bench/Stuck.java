package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.StuckFaults;
import dev.reroam.tests.lab.UpstreamFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A tunnel that something holds where it cannot carry, and that no timer frees: the hole that the far peer sees, with the agent
 * and without it. Each on a fresh network.
 */
final class Stuck implements Bench {

    private static final List<Fault> FAULTS = Stream.concat(
                    StuckFaults.ALL.stream(), Stream.of(UpstreamFaults.ROUTER_KEEPS_MAPPINGS))
            .toList();
    private static final int WITH_AGENT = 10;
    private static final int WITHOUT = 3;
    private static final int BATCH = 4;
    private static final int CUT_SECONDS = 60;
    private static final Duration AGENT_WATCHED = Duration.ofSeconds(25);
    private static final double FLOW_MS = 400;
    private static final double HOST_ROUTE_MS = 200;
    private static final double UPSTREAM_MS = 1200;
    // Found by the tunnel's own silence, as every uplink that dies unseen.
    private static final List<Fault> SILENT = List.of(StuckFaults.FLOW_KEPT_SILENT, StuckFaults.HOST_ROUTE_SILENT);
    private static final double SILENT_MEDIAN_MS = 700;
    private static final double SILENT_WORST_MS = 1200;

    @Override
    public String name() {
        return "stuck";
    }

    @Override
    public String about() {
        return "an entry of connection tracking, a host route or the NAT in front holds the tunnel where it cannot carry:"
                + " the far peer's longest wait for an echo of 50 a second; keepalive 25 s, wireguard-go";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        var faults = FAULTS.stream()
                .filter(fault -> options.faults().isEmpty() || options.faults().contains(fault.name()))
                .toList();
        int agents = options.samples().orElse(WITH_AGENT);
        var cut = Duration.ofSeconds(options.seconds().orElse(CUT_SECONDS));
        var runs = new OutageRuns(Plan.standard(), options.parallel().orElse(BATCH), Duration.ZERO, progress);
        var samples =
                new ArrayList<>(runs.sideBySide(Outages.wanted(faults, Helper.NOBODY, Math.min(agents, WITHOUT), cut)));
        samples.addAll(runs.oneByOne(Outages.wanted(faults, Helper.AGENT, agents, AGENT_WATCHED)));
        var figures = new ArrayList<Figure>();
        for (var fault : faults) {
            var holes = holes(samples, fault, Helper.AGENT);
            figures.add(new Figure(fault + ", with the agent", "ms", holes, targets(fault, holes)));
            figures.add(Figure.shown(fault + ", nobody helps", "ms", holes(samples, fault, Helper.NOBODY)));
        }
        return new Result(figures, remarks(faults, cut, runs.madeAgain()));
    }

    private static List<Target> targets(Fault fault, Spread holes) {
        if (fault.equals(StuckFaults.FLOW_KEPT)) {
            return List.of(Target.worst(holes, FLOW_MS));
        }
        if (SILENT.contains(fault)) {
            return List.of(Target.median(holes, SILENT_MEDIAN_MS), Target.worst(holes, SILENT_WORST_MS));
        }
        return List.of(
                Target.worst(holes, fault.equals(UpstreamFaults.ROUTER_KEEPS_MAPPINGS) ? UPSTREAM_MS : HOST_ROUTE_MS));
    }

    private static Spread holes(List<OutageSample> samples, Fault fault, Helper helper) {
        return Spread.of(samples.stream()
                .filter(sample -> sample.fault().equals(fault.name()) && sample.helper() == helper)
                .map(OutageSample::holeMillis)
                .toList());
    }

    private static List<String> remarks(List<Fault> faults, Duration cut, int madeAgain) {
        var remarks = new ArrayList<String>();
        faults.forEach(fault -> remarks.add(fault + ": " + fault.about()));
        remarks.add("without the agent watched for " + cut.toSeconds() + " s, with it for " + AGENT_WATCHED.toSeconds()
                + " s; never: not healed meanwhile; the stream's resolution is 20 ms");
        if (madeAgain > 0) {
            remarks.add(madeAgain + " networks could not be set up at first and were made again");
        }
        return remarks;
    }
}
