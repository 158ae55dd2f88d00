package dev.reroam.tests.lab;

import dev.reroam.linux.libc.Clock;
import java.time.Duration;
import java.util.List;

/**
 * An experiment whose tunnel carries and whose fault has not happened yet. Used by one thread at a time, in this order: {@link
 * #strike()}, {@link #report}, {@link #close()}; its network is gone after the last.
 */
public final class Trial implements AutoCloseable {

    private static final Duration CARRIES_WITHIN = Duration.ofSeconds(12);
    // A tunnel that healed must go on carrying: what follows the first answer belongs to the hole.
    private static final Duration AFTERWARDS = Duration.ofMillis(300);

    private final Experiment experiment;
    private final Belongings belongings;
    private final Topology net;
    private final Remedy.Running running;
    private final EchoStream echoes;
    private final Tunnel.Settings before;

    private Trial(
            Experiment experiment,
            Belongings belongings,
            Topology net,
            Remedy.Running running,
            EchoStream echoes,
            Tunnel.Settings before) {
        this.experiment = experiment;
        this.belongings = belongings;
        this.net = net;
        this.running = running;
        this.echoes = echoes;
        this.before = before;
    }

    /** What the fault did and when. */
    public record Struck(Moments moments, Outage outage) {}

    /** Makes the network and starts the remedy. @throws IllegalStateException where the tunnel does not carry */
    static Trial prepare(Experiment experiment) {
        var fault = experiment.fault();
        var belongings = Belongings.open();
        try {
            var net = Topology.make(fault.planned().apply(experiment.plan()), belongings);
            fault.prepare().accept(net);
            var running = experiment.remedy().start(net);
            var echoes = EchoStream.start(net.far(), net.carried().routerInner(), Clock.system());
            if (echoes.await(echo -> true, CARRIES_WITHIN).isEmpty()) {
                throw new IllegalStateException("the tunnel does not carry before the fault " + fault + "\n"
                        + net.carried().diagnosis());
            }
            return new Trial(
                    experiment, belongings, net, running, echoes, net.tunnel().settings());
        } catch (RuntimeException e) {
            belongings.close();
            throw e;
        }
    }

    public Fault fault() {
        return experiment.fault();
    }

    /** Makes the fault, and watches until the tunnel has healed or the time is up. The fault's quiet has passed. */
    public Struck strike() {
        var moments = fault().inject().apply(net);
        echoes.await(echo -> Outage.provesHealing(echo, moments), experiment.watched());
        Pause.of(AFTERWARDS);
        long endedAt = Clock.system().realtimeNanos();
        return new Struck(moments, Outage.of(echoes.stop(), moments, endedAt));
    }

    /** What came of it. */
    public Experiment.Report report(Struck struck) {
        var after = net.tunnel().settings();
        return new Experiment.Report(fault(), struck.outage(), timeline(struck), before, after);
    }

    /** What the remedy did. */
    public List<Remedy.TimelineEntry> timeline(Struck struck) {
        return running.timeline(struck.moments());
    }

    /** How the router stands now. */
    public RouterState routerState() {
        return RouterState.of(net);
    }

    @Override
    public void close() {
        try (belongings) {
            echoes.close();
            running.close();
        }
    }
}
