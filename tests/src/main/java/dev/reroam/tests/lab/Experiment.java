package dev.reroam.tests.lab;

import java.time.Duration;
import java.util.List;

/**
 * One fault on one fresh network, with or without a remedy. Immutable; {@link #run()} blocks for the fault's quiet and the
 * time watched, and leaves nothing behind.
 *
 * @param plan the network, before the fault's own wishes
 * @param watched how long to wait for healing, from the first instant at which a fresh packet could pass
 */
public record Experiment(Fault fault, Plan plan, Remedy remedy, Duration watched) {

    /**
     * What came of it.
     *
     * @param before the tunnel's settings before the fault
     * @param after its settings at the end
     */
    public record Report(
            Fault fault,
            Outage outage,
            List<Remedy.TimelineEntry> timeline,
            Tunnel.Settings before,
            Tunnel.Settings after) {}

    /** Runs it. @throws IllegalStateException where the tunnel did not carry before the fault */
    public Report run() {
        try (var trial = prepare()) {
            Pause.of(fault.quiet());
            return trial.report(trial.strike());
        }
    }

    /**
     * Makes its network and starts the remedy, for who wants to choose the moment of the fault; the fault's quiet is his.
     *
     * @throws IllegalStateException where the tunnel does not carry
     */
    public Trial prepare() {
        return Trial.prepare(this);
    }
}
