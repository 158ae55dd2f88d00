package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.lookout.Lookout;
import dev.reroam.lookout.TunnelPort;
import dev.reroam.network.NetworkChange;
import dev.reroam.network.NetworkMonitor;
import dev.reroam.network.UplinkFacts;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.sentinel.SentinelEffect.PublicSeen;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What lies outside, wired: how the network and the devices are goes to the {@link Lookout}, and what that sees goes to the
 * brain. Confined to the agent's loop.
 *
 * <p>Everything here waits for the loop's next turn: what the same event means for a tunnel goes first.
 */
final class Outlook implements AutoCloseable {

    // linux/in.h
    private static final int IPPROTO_UDP = 17;

    private final EventLoop loop;
    private final RecoveryLoop brain;
    private final NetworkMonitor network;
    private final Lookout lookout;
    private List<Uplink> running = List.of();
    private boolean waiting;
    private boolean stirred;
    private boolean closed;
    private long asked;

    /** @param lookout makes it, given who answers which way a packet goes, and who is to be told */
    Outlook(EventLoop loop, RecoveryLoop brain, NetworkMonitor network, Function<Outlook, Lookout> lookout) {
        this.loop = loop;
        this.brain = brain;
        this.network = network;
        this.lookout = lookout.apply(this);
    }

    /** The picture of the network is another one. */
    void onNetwork(NetworkChange change) {
        var touched = new TreeSet<>(change.disturbed());
        touched.addAll(change.linksGained());
        stirred |= change.defaultRoutesChanged()
                || running.stream().anyMatch(uplink -> touched.contains(uplink.interfaceIndex()));
        soon();
    }

    /** Tunnels take other ways. */
    void onPaths(Observation.PathsSeen paths) {
        stirred |= !paths.signs().isEmpty() && !paths.answers().isEmpty();
        soon();
    }

    /** A device was read, or is gone. */
    void onDevice() {
        soon();
    }

    private void soon() {
        if (!waiting && !closed) {
            waiting = true;
            loop.execute(this::review);
        }
    }

    private void review() {
        waiting = false;
        if (closed) {
            return;
        }
        var state = brain.state();
        var now = AgentApi.uplinks(network.state(), state).stream()
                .filter(UplinkFacts::running)
                .map(UplinkFacts::uplink)
                .toList();
        if (!now.equals(running)) {
            stirred |= !running.isEmpty();
            running = now;
            lookout.onUplinks(now);
        }
        lookout.follow(ports(state));
        if (stirred) {
            stirred = false;
            lookout.disturbed();
        }
    }

    /** The devices' ports, with the uplinks that their tunnels take. */
    private List<TunnelPort> ports(RecoveryState state) {
        return state.tunnels().entrySet().stream()
                .flatMap(entry ->
                        Optional.ofNullable(state.devices().get(entry.getKey().device()))
                                .flatMap(device -> uplink(entry.getValue().path())
                                        .filter(uplink -> device.facts().listenPort() != 0)
                                        .map(uplink -> new TunnelPort(
                                                device.facts().name(),
                                                device.facts().listenPort(),
                                                device.facts().mark(),
                                                uplink)))
                                .stream())
                .distinct()
                .toList();
    }

    private Optional<Uplink> uplink(Optional<Path> path) {
        return path.flatMap(way -> way instanceof Path.Via via
                ? running.stream()
                        .filter(uplink -> uplink.carries(via.interfaceIndex(), via.gateway(), via.source()))
                        .findFirst()
                : Optional.empty());
    }

    /** For the lookout: whether a packet of a socket that is bound to the uplink leaves by it. */
    boolean leads(Uplink uplink, Endpoint to, int mark, int port) {
        var question = new PathQuestion(
                to.address(),
                mark,
                IPPROTO_UDP,
                port,
                to.port(),
                0,
                OptionalInt.of(uplink.interfaceIndex()),
                Optional.of(uplink.source()));
        return network.way(question)
                .filter(way -> way instanceof Path.Via via
                        && uplink.carries(via.interfaceIndex(), via.gateway(), uplink.source()))
                .isPresent();
    }

    /** For the lookout: a server's word. */
    void onPublic(PublicSeen seen) {
        brain.observe(new Observation.PublicSeen(seen.uplink(), seen.mapped(), seen.before(), seen.stuck()));
    }

    void ask(Action.AskUplink suspect) {
        lookout.suspect(suspect.uplink());
    }

    void ask(Action.AskThroughTunnel question) {
        asked++;
        try {
            lookout.askThrough(
                    question.interfaceIndex(), question.tunnel().device(), question.family(), new Lookout.Through() {
                        @Override
                        public void onAnswer(long roundTripNanos) {
                            brain.observe(new Observation.ThroughAnswered(
                                    question.tunnel(), question.echo(), roundTripNanos));
                        }

                        @Override
                        public void onRefusal(String why) {
                            brain.observe(new Observation.EchoRefused(question.tunnel(), question.echo(), why));
                        }
                    });
        } catch (LinuxException e) {
            brain.observe(
                    new Observation.EchoRefused(question.tunnel(), question.echo(), String.valueOf(e.getMessage())));
        }
    }

    /** The uplinks by which a device's tunnels leave now. */
    List<Uplink> uplinksOf(DeviceFacts device) {
        return ports(brain.state()).stream()
                .filter(port -> port.device().equals(device.name()))
                .map(TunnelPort::uplink)
                .toList();
    }

    /** Questions sent through tunnels. */
    long askedThrough() {
        return asked;
    }

    /** What is seen, for those who show it. */
    Lookout lookout() {
        return lookout;
    }

    @Override
    public void close() {
        closed = true;
        lookout.close();
    }
}
