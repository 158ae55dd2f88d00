package dev.reroam.tests.bench;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.EchoStream;
import dev.reroam.tests.lab.Moments;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.Outage;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.RouteFlood;
import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One network with an agent whose router's tables are filled and emptied. Used by one thread. */
final class FloodSubject implements AutoCloseable {

    private static final Duration CARRIES_WITHIN = Duration.ofSeconds(12);
    private static final Duration HEALS_WITHIN = Duration.ofSeconds(20);
    private static final Duration AFTERWARDS = Duration.ofMillis(300);
    private static final Duration FLOOD_ENDS_WITHIN = Duration.ofSeconds(60);
    // An agent that has used no processor for so long has nothing left to read.
    private static final Duration STILL = Duration.ofMillis(300);
    private static final Duration STILL_WITHIN = Duration.ofSeconds(30);
    private static final long STILL_NANOS = 5_000_000;

    private final Topology net;
    private final AgentHome home;
    private final Process agent;
    private final Path heapLog;
    private final Path output;
    private int uplink = 1;

    private FloodSubject(Topology net, AgentHome home, Process agent, Path heapLog, Path output) {
        this.net = net;
        this.home = home;
        this.agent = agent;
        this.heapLog = heapLog;
        this.output = output;
    }

    /**
     * What one failover gave.
     *
     * @param flooding whether routes were still being changed when the tunnel was back, or when it was given up
     */
    record Failover(Outage outage, boolean flooding) {}

    static FloodSubject start(AgentRemedy remedy) {
        var belongings = Belongings.open();
        try {
            var net = Topology.make(Plan.standard(), belongings);
            net.tunnel().awaitHandshake();
            net.router().run("ping", "-c", "1", "-W", "2", net.uplink(2).gateway(IpFamily.V4));
            RouteFlood.select(net);
            var heapLog = belongings.scratch("heap.log");
            var java = new ArrayList<>(remedy.java());
            java.add(1, "-Xlog:gc:file=" + heapLog + "::filecount=0");
            var home = new AgentHome(net, net.router(), "agent", new AgentRemedy(java));
            return new FloodSubject(net, home, home.start(), heapLog, belongings.scratch("batch.log"));
        } catch (RuntimeException e) {
            belongings.close();
            throw e;
        }
    }

    Topology net() {
        return net;
    }

    Namespace router() {
        return net.router();
    }

    long process() {
        return agent.pid();
    }

    /** Changes routes and waits until that is done; returns how long it took. */
    Duration batch(Path lines) {
        long began = Clock.system().monotonicNanos();
        finish(begin(lines));
        return Duration.ofNanos(Clock.system().monotonicNanos() - began);
    }

    /** Processor nanoseconds that the agent takes for the changes, until it is still again. */
    long cpuNanos(List<Path> changes) {
        awaitStill();
        var before = ProcessUse.of(process());
        changes.forEach(this::batch);
        awaitStill();
        return ProcessUse.of(process()).since(before).cpuNanos();
    }

    /** Waits until the agent has nothing left to do. */
    void awaitStill() {
        boolean still = Pause.until(STILL_WITHIN, () -> {
            var before = ProcessUse.of(process());
            Pause.of(STILL);
            return ProcessUse.of(process()).since(before).cpuNanos() < STILL_NANOS;
        });
        if (!still) {
            throw new IllegalStateException("the agent is not still within " + STILL_WITHIN.toSeconds() + " s");
        }
    }

    /** The present uplink dies unseen, and the default route is replaced, while routes are changed. */
    Failover failOver(Path lines, Duration into) {
        var clock = Clock.system();
        int other = 3 - uplink;
        try (var echoes = EchoStream.start(net.far(), net.carried().routerInner(), clock)) {
            if (echoes.await(echo -> true, CARRIES_WITHIN).isEmpty()) {
                throw new IllegalStateException("the tunnel does not carry before the failover\n" + home.log());
            }
            var flood = begin(lines);
            Pause.of(into);
            long cut = net.swallow(uplink, Topology.Direction.BOTH);
            long shown = net.ip().request("route replace " + net.defaultRoute(other));
            var moments = new Moments(cut, shown, shown);
            echoes.await(echo -> Outage.provesHealing(echo, moments), HEALS_WITHIN);
            boolean flooding = flood.isAlive();
            Pause.of(AFTERWARDS);
            var outage = Outage.of(echoes.stop(), moments, clock.realtimeNanos());
            finish(flood);
            net.deliver(uplink, Topology.Direction.BOTH);
            uplink = other;
            return new Failover(outage, flooding);
        }
    }

    boolean alive() {
        return agent.isAlive() && home.status().contains("\"version\"");
    }

    String log() {
        return home.log();
    }

    HeapLog heap() {
        try {
            return HeapLog.parse(Files.readString(heapLog));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long drops() {
        return NetlinkDrops.of(net.router(), process());
    }

    private Process begin(Path lines) {
        return net.router().start(Redirect.appendTo(output.toFile()), List.of("ip", "-batch", lines.toString()));
    }

    private void finish(Process flood) {
        if (!Pause.until(FLOOD_ENDS_WITHIN, () -> !flood.isAlive()) || flood.exitValue() != 0) {
            throw new IllegalStateException("ip -batch: " + read(output));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        agent.toHandle().destroy();
        net.close();
    }
}
