package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.OthersRemedies;
import dev.reroam.tests.lab.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The hole that the far peer sees, for each fault, with the agent, without it and with what people run today, each on a fresh network: the agent's
 * incident is the first after its start. Bed 1, IPv4, masqueraded.
 *
 * <p>Those that wait for somebody else than the agent run many at once. The agent's run in batches: set up together, left
 * in peace, struck one after another while nothing is set up or torn down.
 */
final class Outages implements Bench {

    private static final int WITH_AGENT = 20;
    private static final int WITHOUT = 3;
    private static final int BATCH = 8;
    private static final Duration CUT = Duration.ofSeconds(60);
    private static final double HALF = 0.5;
    private static final List<String> WATCHDOG_FAULTS = List.of("uplink-down", "policy-rule");
    // It acts when a handshake is 150 s old, and looks once a minute.
    private static final Duration WATCHDOG_WATCHED = Duration.ofSeconds(230);
    private static final Duration AGENT_WATCHED = Duration.ofSeconds(20);

    @Override
    public String name() {
        return "outage";
    }

    @Override
    public String about() {
        return "from the first instant at which a fresh packet could pass to the far peer's first answered echo of 50 a"
                + " second, and in brackets the whole hole; keepalive 25 s, wireguard-go; medians";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        var faults = faults(options);
        int agents = options.samples().orElse(WITH_AGENT);
        int others = Math.min(agents, WITHOUT);
        var runs = new OutageRuns(Plan.standard(), options.parallel().orElse(BATCH), Duration.ZERO, progress);
        // Those without the agent first: how their routers stand in the end is what the others are held against.
        var waiting = new ArrayList<>(wanted(watchdogs(faults), Helper.WATCHDOG, 1, WATCHDOG_WATCHED));
        waiting.addAll(wanted(faults, Helper.NOBODY, others, CUT));
        waiting.addAll(wanted(faults, Helper.RESTART, others, CUT));
        var samples = new ArrayList<>(runs.sideBySide(waiting));
        samples.addAll(runs.oneByOne(wanted(faults, Helper.AGENT, agents, AGENT_WATCHED)));
        return new OutageReport(samples, CUT.toSeconds()).result(remarks(runs, samples));
    }

    static List<OutageRuns.Wanted> wanted(List<Fault> faults, Helper helper, int times, Duration watched) {
        var wanted = new ArrayList<OutageRuns.Wanted>();
        for (int i = 0; i < times; i++) {
            double phase = (i + HALF) / times;
            faults.forEach(fault -> wanted.add(new OutageRuns.Wanted(fault, helper, phase, watched)));
        }
        return wanted;
    }

    // One that WireGuard heals by itself and one that it does not; of whatever was asked for.
    private static List<Fault> watchdogs(List<Fault> faults) {
        return faults.stream()
                .filter(fault -> WATCHDOG_FAULTS.contains(fault.name()))
                .toList();
    }

    static List<Fault> faults(Options options) {
        if (options.faults().isEmpty()) {
            return Faults.all();
        }
        return options.faults().stream()
                .map(name -> Faults.named(name)
                        .orElseThrow(() -> new IllegalStateException("no fault is called '" + name + "'")))
                .toList();
    }

    private static List<String> remarks(OutageRuns runs, List<OutageSample> samples) {
        var remarks = new ArrayList<String>();
        remarks.add("without the agent watched for " + CUT.toSeconds() + " s, with it for " + AGENT_WATCHED.toSeconds()
                + " s; the stream's resolution is 20 ms");
        remarks.add(
                "a false action is a difference in port, mark, keepalives, addresses, rules, routes or packet filter"
                        + " from a router that met the same fault without the agent");
        remarks.add(
                "wg-quick restart: a ping through the tunnel every "
                        + OthersRemedies.RESTART_CADENCE.toSeconds()
                        + " s, and where it is not answered within 10 s, wg-quick down"
                        + " and up; the faults fall evenly into that cadence; from cron, the other usual form, up to 60 s more");
        var restarts = samples.stream()
                .filter(sample -> sample.helper() == Helper.RESTART)
                .toList();
        remarks.add("in "
                + restarts.stream().filter(sample -> sample.told().isEmpty()).count() + " of " + restarts.size()
                + " such runs wg-quick was never called: WireGuard had healed by itself after 15 s, or the ping was the"
                + " router's first packet into the tunnel and found the new way");
        remarks.add("wireguard_watchdog: watched for " + WATCHDOG_WATCHED.toSeconds()
                + " s; looks once a minute for a last handshake older than 150 s and resolves the endpoint's name again;"
                + " the lab gave the endpoint a name, for where it is an address the watchdog does nothing at all");
        if (runs.madeAgain() > 0) {
            remarks.add(runs.madeAgain() + " networks could not be set up at first and were made again");
        }
        for (var sample : samples) {
            if (sample.outage().isEmpty()) {
                remarks.add(sample.fault() + ", " + sample.helper().word() + ": broke, counted as never: "
                        + String.join(" ", sample.told()));
            }
            if (sample.helper() == Helper.WATCHDOG) {
                remarks.add(sample.fault() + ", wireguard_watchdog: "
                        + (sample.told().isEmpty() ? "it did nothing" : "it did: " + String.join("; ", sample.told())));
            }
            sample.falseActions().forEach(action -> remarks.add(sample.fault() + ": false action: " + action));
        }
        return remarks;
    }
}
