package dev.reroam.tests.bench;

import dev.reroam.tests.lab.GuestLab;
import dev.reroam.tests.lab.GuestTrial;
import dev.reroam.tests.lab.GuestTrial.Help;
import dev.reroam.tests.lab.GuestTrialReport;
import dev.reroam.tests.lab.Pause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The hole that the far peer sees on kernel WireGuard, with the agent and with the shortest shell script there can be for
 * it. Bed 2: one emulated processor on which everything runs, 40 ms of round trip, the guest's own clock.
 */
final class GuestOutages implements Bench {

    private static final int SAMPLES = 5;
    // Each takes one of this machine's processors.
    private static final int MACHINES = 2;
    private static final Duration ROUND_TRIP = Duration.ofMillis(40);
    private static final Duration WATCHED = Duration.ofSeconds(20);

    @Override
    public String name() {
        return "outage-guest";
    }

    @Override
    public String about() {
        return "as outage, on the kernel's WireGuard in an emulated machine at 40 ms: with the agent, and with a shell"
                + " script that does one wg set at each line of ip monitor";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        int machines = options.parallel().orElse(MACHINES);
        var faults = Outages.faults(options);
        var trials = new ArrayList<GuestTrial>();
        for (int i = 0; i < options.samples().orElse(SAMPLES); i++) {
            for (var fault : faults) {
                trials.add(GuestTrial.of(fault, Help.AGENT, WATCHED).withRoundTrip(ROUND_TRIP));
                trials.add(GuestTrial.of(fault, Help.SCRIPT, WATCHED).withRoundTrip(ROUND_TRIP));
            }
        }
        progress.accept(trials.size() + " runs on " + machines + " emulated machines");
        try {
            // One agent and one script in turn: an even number of machines would each get only one of them.
            var reports = GuestLab.oneByOne().withMachines(machines).run(interleaved(trials, machines));
            return new GuestOutageReport(
                            reports.stream().map(GuestOutages::sample).toList())
                    .result(remarks(reports));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw Pause.interrupted(e);
        }
    }

    /** Swaps each other pair where the trials are dealt out to an even number of machines. */
    private static List<GuestTrial> interleaved(List<GuestTrial> trials, int machines) {
        if (machines % 2 != 0) {
            return trials;
        }
        var order = new ArrayList<GuestTrial>();
        for (int i = 0; i < trials.size(); i++) {
            order.add(trials.get(i / 2 % 2 == 0 ? i : i ^ 1));
        }
        return order;
    }

    private static OutageSample sample(GuestTrialReport report) {
        var trial = report.trial();
        var helper = trial.help() == Help.AGENT ? Helper.AGENT : Helper.SCRIPT;
        return switch (report.ended()) {
            case GuestTrialReport.Seen seen ->
                new OutageSample(
                        trial.fault(),
                        helper,
                        Optional.of(seen.outage()),
                        seen.before().equals(seen.after())
                                ? List.of()
                                : List.of(seen.before() + " became " + seen.after()),
                        seen.timeline().stream()
                                .map(entry -> entry.at().toMillis() + " ms " + entry.what())
                                .toList());
            case GuestTrialReport.Broken broken ->
                new OutageSample(trial.fault(), helper, Optional.empty(), List.of(), List.of(broken.why()));
        };
    }

    private static List<String> remarks(List<GuestTrialReport> reports) {
        var remarks = new ArrayList<String>();
        remarks.add(
                "watched for " + WATCHED.toSeconds() + " s of the guest's time; an instruction is a nanosecond of it");
        remarks.add(
                "where the script never heals it knows too little (another peer key, another device), and no target is"
                        + " set for the agent; where it is not counted in the sum, neither is the agent");
        for (var report : reports) {
            if (report.ended() instanceof GuestTrialReport.Broken broken) {
                remarks.add(report.trial() + ": broke, counted as never: " + broken.why());
            }
        }
        return remarks;
    }
}
