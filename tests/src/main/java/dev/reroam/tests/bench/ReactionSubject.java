package dev.reroam.tests.bench;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One network with a fresh agent whose default route moves to and fro. Used by one thread. */
final class ReactionSubject implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(3);

    private static final Duration HANDSHAKE = Duration.ofSeconds(12);
    private static final Duration PRINTED_WITHIN = Duration.ofMillis(50);
    private static final long CLOCK_STEP_NANOS = 50_000;

    private final Topology net;
    private final Remedy.Running agent;
    private final List<Capture> captures;
    private final Optional<RouteMonitor> monitor;
    private int uplink = 1;

    private ReactionSubject(
            Topology net, Remedy.Running agent, List<Capture> captures, Optional<RouteMonitor> monitor) {
        this.net = net;
        this.agent = agent;
        this.captures = captures;
        this.monitor = monitor;
    }

    /**
     * What one change gave.
     *
     * @param sentAfter nanoseconds from the request to the first packet; empty where none came
     * @param printedAfter the same until {@code ip monitor} printed the change; empty where none runs
     * @param clockSteady whether the two clocks moved together meanwhile
     */
    record Sample(OptionalLong sentAfter, OptionalLong printedAfter, boolean clockSteady) {}

    /**
     * Makes it; the tunnel has shaken hands and the agent runs.
     *
     * @param monitored whether {@code ip monitor} runs beside the agent: it wants a processor at the same moment
     */
    static ReactionSubject start(AgentRemedy agent, boolean monitored) {
        var belongings = Belongings.open();
        try {
            var net = Topology.make(Plan.standard(), belongings);
            var device = net.tunnel().device();
            boolean up = Pause.until(
                    HANDSHAKE,
                    () -> !net.router()
                            .run("wg", "show", device, "latest-handshakes")
                            .strip()
                            .endsWith("\t0"));
            if (!up) {
                throw new IllegalStateException("no handshake within " + HANDSHAKE.toSeconds() + " s");
            }
            // A standby uplink has a neighbour: whatever watches it asks its gateway now and then.
            net.router().run("ping", "-c", "1", "-W", "2", net.uplink(2).gateway(IpFamily.V4));
            return new ReactionSubject(
                    net,
                    agent.start(net),
                    List.of(
                            Capture.open(net.router(), net.uplink(1).device()),
                            Capture.open(net.router(), net.uplink(2).device())),
                    monitored
                            ? Optional.of(RouteMonitor.start(net.router(), belongings.scratch("monitor")))
                            : Optional.empty());
        } catch (RuntimeException e) {
            belongings.close();
            throw e;
        }
    }

    /** Moves the default route to the other uplink. */
    Sample change(Clock clock) {
        uplink = 3 - uplink;
        var capture = captures.get(uplink - 1);
        capture.drain();
        long before = clock.realtimeNanos() - clock.monotonicNanos();
        long asked = net.ip().request("route replace " + net.defaultRoute(uplink));
        var sentAt = capture.awaitSentTo(net.tunnel().farEndpoint(), LIMIT);
        long after = clock.realtimeNanos() - clock.monotonicNanos();
        Pause.of(PRINTED_WITHIN);
        var printedAt = monitor.map(at -> at.firstSince(asked)).orElse(OptionalLong.empty());
        return new Sample(since(asked, sentAt), since(asked, printedAt), Math.abs(after - before) <= CLOCK_STEP_NANOS);
    }

    private static OptionalLong since(long asked, OptionalLong at) {
        return at.isPresent() ? OptionalLong.of(at.getAsLong() - asked) : at;
    }

    @Override
    public void close() {
        captures.forEach(Capture::close);
        agent.close();
        net.close();
    }
}
