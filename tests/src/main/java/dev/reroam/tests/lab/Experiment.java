package dev.reroam.tests.lab;

import dev.reroam.linux.libc.Clock;
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

    private static final Duration CARRIES_WITHIN = Duration.ofSeconds(12);
    // A tunnel that healed must go on carrying: what follows the first answer belongs to the hole.
    private static final Duration AFTERWARDS = Duration.ofMillis(300);

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
        var clock = Clock.system();
        try (var belongings = Belongings.open();
                var net = Topology.make(fault.planned().apply(plan), belongings)) {
            fault.prepare().accept(net);
            try (var running = remedy.start(net);
                    var echoes = EchoStream.start(net.far(), net.carried().routerInner(), clock)) {
                if (echoes.await(echo -> true, CARRIES_WITHIN).isEmpty()) {
                    throw new IllegalStateException("the tunnel does not carry before the fault " + fault + "\n"
                            + net.carried().diagnosis());
                }
                var before = net.tunnel().settings();
                Pause.of(fault.quiet());
                var moments = fault.inject().apply(net);
                echoes.await(echo -> Outage.provesHealing(echo, moments), watched);
                Pause.of(AFTERWARDS);
                long endedAt = clock.realtimeNanos();
                var outage = Outage.of(echoes.stop(), moments, endedAt);
                var after = net.tunnel().settings();
                return new Report(fault, outage, running.timeline(moments), before, after);
            }
        }
    }
}
