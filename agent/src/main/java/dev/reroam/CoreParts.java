package dev.reroam;

import dev.reroam.config.Config;
import dev.reroam.config.DeviceConfig;
import dev.reroam.config.Mode;
import dev.reroam.config.MtuPolicy;
import dev.reroam.flow.SourcePorts;
import dev.reroam.ledger.Entry;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.sockdiag.DiagSocket;
import dev.reroam.lookout.Lookout;
import dev.reroam.netcheck.Wish;
import dev.reroam.network.NetworkMonitor;
import dev.reroam.network.Uplinks;
import dev.reroam.nft.Nft;
import dev.reroam.portmap.PortMapper;
import dev.reroam.portmap.PortMappers;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.NodeFacts;
import dev.reroam.steer.Guardian;
import dev.reroam.steer.Steerer;
import dev.reroam.tcp.Programs;
import dev.reroam.tcp.ServerSilence;
import dev.reroam.tunnel.wireguard.act.OwnerRestart;
import dev.reroam.tunnel.wireguard.act.WireGuardRepair;
import dev.reroam.tunnel.wireguard.see.DeviceSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** How parts of the core are made of what it works with and what is configured. They are confined to the agent's loop. */
final class CoreParts {

    private CoreParts() {}

    static Lookout lookout(AgentCore.Outside outside, Outlook outlook) {
        var stun = outside.config().stun();
        return new Lookout(new Lookout.Outside(
                outside.loop(),
                outside.descriptors(),
                outside.slowLane(),
                outside.clock(),
                outside.random(),
                outlook::leads,
                stun.servers(),
                TimeUnit.SECONDS.toNanos(stun.intervalSeconds()),
                NameServers.RESOLV_CONF,
                outlook::onFact));
    }

    static Unfinished unfinished(AgentCore.Outside outside, RecoveryLoop brain) {
        return new Unfinished(
                outside.loop(),
                outside.clock(),
                outside.ledger(),
                outside.toUndo(),
                Guardian.diedSteering(outside.heart()),
                brain::observe);
    }

    static SteerRepairs steer(AgentCore.Outside outside, RecoveryLoop brain) throws LinuxException {
        return new SteerRepairs(
                outside.config().mode(),
                outside.config().steer(),
                outside.loop(),
                outside.clock(),
                RouteSocket.open(),
                told -> steerer(outside, told),
                brain::observe);
    }

    private static Steerer steerer(AgentCore.Outside outside, Steerer.Listener listener) throws LinuxException {
        var guardian = new Guardian(outside.heart(), outside.slowLane(), outside.loop(), outside.random());
        return Steerer.open(outside.loop(), outside.clock(), guardian, listener);
    }

    static OwnerRestart owners(AgentCore.Outside outside) {
        return new OwnerRestart(
                outside.loop(),
                outside.slowLane(),
                outside.clock(),
                outside.state().resolve("restart.log"),
                OwnerRestart.LONGEST,
                name -> outside.config()
                        .device(name)
                        .restart()
                        .map(restart -> restart.commands(name))
                        .orElse(List.of()));
    }

    static OuterSizes sizes(AgentCore.Outside outside, Outlook outlook, NetworkMonitor network, RecoveryLoop brain) {
        return new OuterSizes(
                outlook.lookout(),
                outside.clock(),
                index -> Optional.ofNullable(network.state().links().get(index)),
                outside.config().mtu() == MtuPolicy.CLAMP,
                brain::observe);
    }

    static LedgerSweep sweep(
            AgentCore.Outside outside, WireGuardRepair repair, DeviceMtus mtus, Predicate<DeviceFacts> carries) {
        return new LedgerSweep(
                (device, entry, then) -> {
                    if (entry instanceof Entry.MtuChanged changed) {
                        mtus.undo(device, changed, then);
                    } else {
                        repair.undo(device, entry, then);
                    }
                },
                outside.toUndo(),
                carries,
                outside.clock()::monotonicNanos);
    }

    static PortRewrites rewrites(AgentCore.Outside outside, FlowRepairs flows) {
        return new PortRewrites(
                new SourcePorts(outside.slowLane(), new Nft(List.of("nft")), outside.random()), flows, outside.loop());
    }

    static Wish netcheckWish(Config config, NetworkMonitor network, RecoveryLoop brain) {
        return new Wish(
                NetcheckCommand.targets(network.state(), AgentApi.tunnelInterfaces(brain.state())),
                config.stun().servers(),
                NetcheckCommand.usualPortal(config.stun().servers()),
                false);
    }

    static WaysIn waysIn(AgentCore.Outside outside, Outlook outlook) {
        var clock = outside.clock();
        boolean observes = outside.config().mode() == Mode.OBSERVE;
        return new WaysIn(
                outside.config().portmap(),
                observes,
                outside.ledger(),
                () -> TimeUnit.NANOSECONDS.toMillis(clock.realtimeNanos()),
                outside.slowLane(),
                outside.loop(),
                clock,
                () -> NonceFile.read(outside.state().resolve("portmap-nonce"), outside.random()),
                nonce -> new PortMapper.Sockets(outside.loop(), outside.descriptors(), clock, outside.random(), nonce),
                (sockets, book, listener) -> PortMappers.open(
                        outside.loop(),
                        clock,
                        sockets,
                        observes && outside.config().portmap().enabled(),
                        book,
                        listener),
                outlook::onNews);
    }

    static Redials redials(
            AgentCore.Outside outside, NetworkMonitor network, List<String> programs, List<Long> againAfter)
            throws LinuxException {
        return Redials.open(
                outside.config().mode(),
                againAfter,
                outside.loop(),
                outside.clock(),
                outside.slowLane(),
                new Programs(programs),
                () -> network.state().addresses().stream().map(Address::local).collect(Collectors.toUnmodifiableSet()));
    }

    static NodeOutlook node(
            AgentCore.Outside outside,
            NetworkMonitor network,
            HostNames names,
            RecoveryLoop brain,
            Supplier<NodeFacts.Marks> marks,
            Runnable onFacts)
            throws LinuxException {
        var ended = outside.config().tcp().programs().contains(NodeOutlook.PROGRAM)
                ? List.of(NodeOutlook.PROGRAM)
                : List.<String>of();
        var redials = redials(outside, network, ended, NodeOutlook.AGAIN_AFTER);
        var means = new ControlMeans(
                outside.loop(),
                outside.slowLane(),
                names,
                () -> brain.state().ways(),
                new ServerSilence(outside.loop(), DiagSocket.open()),
                redials);
        return new NodeOutlook(
                outside.loop(),
                outside.clock(),
                outside.config().tailscale(),
                redials,
                means,
                Guardian.diedSteering(outside.heart()),
                () -> network.state().addresses(),
                marks,
                onFacts,
                brain::observe);
    }

    /** By what the node's packets are known just now. */
    static NodeFacts.Marks marks(SteerRepairs steer, KernelWays ways, NetworkMonitor network, RecoveryLoop brain) {
        var moment = new SteerGround.Moment(
                Uplinks.most(network.state(), AgentApi.tunnelInterfaces(brain.state())), network.rulesEdition());
        return steer.marks(
                moment,
                (to, mark) -> ways.of(
                        to,
                        mark,
                        index -> Optional.ofNullable(network.state().links().get(index))
                                .map(Link::name)
                                .orElse("#" + index)));
    }

    static DeviceSettings settings(DeviceConfig device) {
        var port = switch (device.port()) {
            case AUTO -> Optional.<PortUse>empty();
            case FREE -> Optional.of(PortUse.FREE);
            case FIXED -> Optional.of(PortUse.FIXED);
        };
        return new DeviceSettings(device.enabled(), port, device.restart().isPresent(), device.probes());
    }
}
