package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.lookout.Gateways;
import dev.reroam.lookout.Lookout;
import dev.reroam.lookout.TunnelPort;
import dev.reroam.network.NetworkChange;
import dev.reroam.network.NetworkMonitor;
import dev.reroam.network.UplinkFacts;
import dev.reroam.network.Uplinks;
import dev.reroam.portmap.News;
import dev.reroam.portmap.UplinkMapper;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.sentinel.SentinelEffect;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

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
    private final WaysIn waysIn;
    private final Gateways gateways;
    private final Function<SteerGround.Moment, Optional<String>> steersNot;
    private List<Uplink> running = List.of();
    private Observation.@Nullable WaysSeen toldWays;
    private boolean waiting;
    private final Stirred stirred = new Stirred();
    private boolean closed;
    private long asked;

    /**
     * @param lookout makes it, given who answers which way a packet goes, and who is to be told
     * @param waysIn makes them likewise
     * @param gateways makes them, given who is to be told
     * @param steersNot why tunnels are not steered here; empty where they may be
     */
    Outlook(
            EventLoop loop,
            RecoveryLoop brain,
            NetworkMonitor network,
            Function<Outlook, Lookout> lookout,
            Function<Outlook, WaysIn> waysIn,
            Function<Gateways.Listener, Gateways> gateways,
            Function<SteerGround.Moment, Optional<String>> steersNot) {
        this.loop = loop;
        this.brain = brain;
        this.network = network;
        this.lookout = lookout.apply(this);
        this.waysIn = waysIn.apply(this);
        this.gateways = gateways.apply(this::onGateway);
        this.steersNot = steersNot;
    }

    /** The picture of the network is another one. */
    void onNetwork(NetworkChange change) {
        stirred.by(change, running);
        soon();
    }

    /** Tunnels take other ways. */
    void onPaths(Observation.PathsSeen paths) {
        if (!paths.signs().isEmpty() && !paths.answers().isEmpty()) {
            stirred.byPaths();
        }
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
        var all = AgentApi.uplinks(network.state(), state);
        var now = all.stream()
                .filter(UplinkFacts::running)
                .map(UplinkFacts::uplink)
                .toList();
        if (!now.equals(running)) {
            stirred.running(running, now);
            // One that has answered is worth asking when nobody else does.
            now.stream().filter(uplink -> !running.contains(uplink)).forEach(gateways::ask);
            running = now;
            lookout.onUplinks(now);
        }
        tellWays(now);
        lookout.follow(ports(state));
        waysIn.follow(all.stream().map(UplinkFacts::uplink).toList(), open(), listenPorts(state));
        if (stirred.any()) {
            lookout.disturbed();
            waysIn.checkAll(stirred.of(now), "the network changed");
        }
        stirred.clear();
    }

    private void tellWays(List<Uplink> now) {
        int most = Uplinks.most(network.state(), AgentApi.tunnelInterfaces(brain.state()));
        var moment = new SteerGround.Moment(most, network.rulesEdition());
        var ways = new Observation.WaysSeen(now, steersNot.apply(moment));
        if (!ways.equals(toldWays)) {
            toldWays = ways;
            brain.observe(ways);
        }
    }

    /** Uplinks of which the world sees our own address: nothing translates there. What filters IPv6 is asked all the same. */
    private Set<Uplink> open() {
        return running.stream()
                .filter(uplink -> uplink.family() == IpFamily.V4
                        && lookout.view(uplink)
                                .mapped()
                                .filter(mapped -> mapped.address().equals(uplink.source()))
                                .isPresent())
                .collect(Collectors.toSet());
    }

    private static Set<Integer> listenPorts(RecoveryState state) {
        return state.devices().values().stream()
                .map(device -> device.facts().listenPort())
                .filter(port -> port != 0)
                .collect(Collectors.toSet());
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
    void onFact(SentinelEffect.Fact fact) {
        switch (fact) {
            case SentinelEffect.PublicSeen seen -> {
                brain.observe(new Observation.PublicSeen(seen.uplink(), seen.mapped(), seen.before(), seen.stuck()));
                // Whether anything translates may have become known.
                soon();
            }
            case SentinelEffect.Heard heard ->
                brain.observe(new Observation.UplinkHeard(heard.uplink(), heard.server()));
            case SentinelEffect.Unheard unheard ->
                brain.observe(new Observation.UplinkUnheard(unheard.uplink(), unheard.server(), unheard.askedAt()));
        }
    }

    /** For the ways in: what a gateway's mapper has to say. */
    void onNews(Uplink uplink, News news) {
        switch (news) {
            case News.Mapped mapped ->
                Logger.info(
                        "{} is reached at {}, by {} over {}",
                        mapped.mapping().wanted(),
                        mapped.mapping().external(),
                        mapped.mapping().source().word(),
                        uplink);
            case News.Lost lost -> Logger.info("{} is not mapped over {}: {}", lost.wanted(), uplink, lost.why());
            case News.Refused refused ->
                Logger.info(
                        "{} refused {} over {}: {}",
                        refused.protocol().word(),
                        refused.wanted(),
                        uplink,
                        refused.words());
            case News.Forgot forgot -> {
                brain.observe(new Observation.GatewayForgot(uplink, forgot.why()));
                lookout.disturbed(uplink);
            }
            case News.ExternalAddressChanged changed -> {
                brain.observe(new Observation.GatewayMoved(
                        uplink, "external address " + changed.before() + " became " + changed.after()));
                lookout.disturbed(uplink);
            }
            // Nothing proves that anything was lost, so what the world sees is asked, and no more.
            case News.Announced announced -> lookout.disturbed(uplink);
            case News.Probed probed ->
                Logger.debug("{} over {}: {}", probed.protocol().word(), uplink, probed.presence());
            case News.PermanentAhead ahead -> {}
            case News.PermanentGone gone -> {}
            case News.Ended ended -> {}
        }
    }

    /** Something changed that may concern every uplink, and that no picture shows. */
    void disturbed() {
        stirred.byPaths();
        soon();
    }

    /** What is known of the gateway of an uplink; empty where there is none. */
    Optional<UplinkMapper> gateway(Uplink uplink) {
        return waysIn.state(uplink);
    }

    /** Takes back what others hold for us; complete within some 5 s. */
    CompletableFuture<Void> giveBack() {
        return waysIn.stop();
    }

    void ask(Action.AskUplink suspect) {
        lookout.suspect(suspect.uplink());
        gateways.ask(suspect.uplink());
    }

    /** What was sent over these ways until now bore another source. */
    void seekGatewaysAnew(List<Uplink> ways) {
        ways.forEach(gateways::seekAnew);
    }

    private void onGateway(Uplink uplink, boolean answers) {
        brain.observe(new Observation.GatewaySeen(uplink, answers));
    }

    /** Packets that were sent over an uplink to find out how it is. */
    long packets(Uplink uplink) {
        return lookout.view(uplink).packets() + gateways.asked(uplink);
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
        waysIn.close();
        gateways.close();
    }
}
