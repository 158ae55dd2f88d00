package dev.reroam;

import dev.reroam.config.Config;
import dev.reroam.config.Mode;
import dev.reroam.config.MtuPolicy;
import dev.reroam.flow.FlowForgetter;
import dev.reroam.flow.FlowTable;
import dev.reroam.flow.OwnAddress;
import dev.reroam.hooks.HookEvent;
import dev.reroam.host.Capabilities;
import dev.reroam.host.SleepWatch;
import dev.reroam.host.Version;
import dev.reroam.journal.IncidentFiles;
import dev.reroam.journal.JournalRecorder;
import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Ledger;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.ClockJumps;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.lookout.Gateways;
import dev.reroam.loop.Alarm;
import dev.reroam.names.NameClient;
import dev.reroam.netcheck.NetcheckRun;
import dev.reroam.network.NetworkChange;
import dev.reroam.network.NetworkMonitor;
import dev.reroam.network.UplinkFacts;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.recovery.TunnelId;
import dev.reroam.recovery.TunnelStatus;
import dev.reroam.recovery.TunnelStatus.Word;
import dev.reroam.tunnel.wireguard.KernelConnection;
import dev.reroam.tunnel.wireguard.UapiClients;
import dev.reroam.tunnel.wireguard.act.OwnerRestart;
import dev.reroam.tunnel.wireguard.act.WireGuardRepair;
import dev.reroam.tunnel.wireguard.see.DeviceWatch;
import dev.reroam.tunnel.wireguard.see.EndpointFiles;
import dev.reroam.tunnel.wireguard.see.InnerTraffic;
import dev.reroam.tunnel.wireguard.see.TrafficWatch;
import dev.reroam.web.AgentEvent;
import io.netty.channel.IoEventLoop;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Everything that lives on the loop, wired: SEE tells the brain, the brain's actions go to ACT, their outcomes come back.
 * Confined to the agent's loop.
 */
final class AgentCore implements AutoCloseable {

    /** Design, words: the peer dump is read at start, at each change and once a minute. */
    private static final long READ_ALL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Clock clock;
    private final DescriptorLoop descriptors;
    private final Config configured;
    private final RecoveryConfig config;
    private final RecoveryLoop brain;
    private final NetworkMonitor network;
    private final UapiClients uapi;
    private final KernelConnection kernel = new KernelConnection();
    private final DeviceWatch devices;
    private final WireGuardRepair repair;
    private final Ledger ledger;
    private final LedgerSweep sweep;
    private final Unfinished unfinished;
    private final TunnelEchoes echo;
    private final JournalRecorder journal;
    private final Readiness readiness;
    private final KernelWays ways;
    private final NameClient names;
    private final EndpointNames endpointNames;
    private final Netchecks netchecks;
    private final Recovery recovery;
    private final Executor slowLane;
    private final Outlook outlook;
    private final SteerRepairs steer;
    private final FlowRepairs flows;
    private final TrafficWatch traffic;
    private final UnreadTunnels unread;
    private final Redials redials;
    private final OwnerRestart owners;
    private final PortRewrites rewrites;
    private final DeviceMtus mtus;
    private final RouteSocket links;
    private final NodeOutlook node;
    private final AgentApi api;
    private final Performer performer;
    private final Alarm readAll;
    private final SleepWatch sleep;
    private @Nullable ClockJumps jumps;

    /** What the core works with. */
    record Outside(
            Config config,
            IoEventLoop loop,
            DescriptorLoop descriptors,
            Executor slowLane,
            Ledger ledger,
            List<Entry> toUndo,
            Path state,
            Path heart,
            IncidentFiles incidents,
            long firstIncident,
            Capabilities capabilities,
            Clock clock,
            RandomGenerator random) {}

    AgentCore(Outside outside) throws LinuxException {
        var wishes = outside.config();
        configured = wishes;
        var loop = outside.loop();
        clock = outside.clock();
        descriptors = outside.descriptors();
        config = RecoveryConfig.standard(wishes.mode() == Mode.OBSERVE, wishes.mtu() == MtuPolicy.CLAMP);
        recovery = new Recovery(Ladder.standard(), config);
        slowLane = outside.slowLane();
        brain = new RecoveryLoop(
                loop, clock, recovery, RecoveryState.initial(outside.firstIncident()), this::onStep, this::perform);
        journal = new JournalRecorder(Version.text(), config, clock, outside.incidents(), outside.slowLane(), loop);
        uapi = new UapiClients(outside.descriptors(), loop, clock, outside.random());
        devices = new DeviceWatch(new DeviceWatch.Outside(
                outside.descriptors(),
                loop,
                outside.slowLane(),
                clock,
                uapi,
                kernel,
                DeviceWatch.SOCKET_FOLDERS,
                Path.of("/"),
                name -> CoreParts.settings(wishes.device(name)),
                InnerTraffic.of(outside.descriptors()),
                this::onDevice));
        repair = new WireGuardRepair(uapi, kernel, outside.ledger(), clock);
        ledger = outside.ledger();
        links = RouteSocket.open();
        mtus = new DeviceMtus(ledger, clock, DeviceMtus.Links.kernel(links));
        sweep = CoreParts.sweep(outside, repair, mtus, this::carries);
        unfinished = CoreParts.unfinished(outside, brain);
        echo = new TunnelEchoes(outside.descriptors(), clock, outside.random(), brain::observe);
        network = NetworkMonitor.open(loop, clock, new NetworkMonitor.Listener() {
            @Override
            public void onPaths(Observation.PathsSeen paths) {
                brain.observe(paths);
                outlook().onPaths(paths);
            }

            @Override
            public void onChange(NetworkChange change) {
                onNetwork(change);
            }
        });
        readiness = new Readiness(loop, clock, network, echo.prober(), repair, outside.random());
        ways = KernelWays.open();
        var nameClient = new NameClient(loop, descriptors, clock, outside.random());
        names = nameClient;
        var hostNames = new HostNames(loop, clock, nameClient, ways);
        endpointNames =
                new EndpointNames(loop, outside.slowLane(), hostNames, new EndpointFiles(Path.of("/")), brain::observe);
        netchecks = new Netchecks(
                loop,
                outside.slowLane(),
                network.routesRead(),
                servers -> new NetcheckRun.Outside(
                        loop, descriptors, clock, outside.random(), ways, new NameServers(nameClient, ways, servers)),
                () -> CoreParts.netcheckWish(wishes, network, brain));
        steer = CoreParts.steer(outside, brain);
        flows = new FlowRepairs(
                loop,
                new FlowForgetter(loop, clock, FlowTable.kernel()),
                () -> new FlowRepairs.Ours(
                        AgentApi.uplinks(network.state(), brain.state()).stream()
                                .map(UplinkFacts::uplink)
                                .toList(),
                        OwnAddress.of(
                                network.state().addresses(),
                                network.state().links().values())));
        owners = CoreParts.owners(outside);
        rewrites = CoreParts.rewrites(outside, flows);
        redials = CoreParts.redials(outside, network, wishes.tcp().programs(), Redials.AGAIN_AFTER);
        traffic = new TrafficWatch(
                loop,
                clock,
                links::traffic,
                (name, is) -> brain.observe(
                        new Observation.TrafficSeen(name, is.receivedPackets(), is.sentPackets(), is.sentBytes())));
        unread = new UnreadTunnels(loop, clock, links::traffic);
        var neighbours = Gateways.Neighbours.kernel(RouteSocket.open());
        outlook = new Outlook(
                loop,
                brain,
                network,
                out -> CoreParts.lookout(outside, out),
                out -> CoreParts.waysIn(outside, out),
                told -> new Gateways(loop, clock, wishes.mode() == Mode.REPAIR, neighbours, told),
                steer::not);
        node = CoreParts.node(
                outside,
                network,
                hostNames,
                brain,
                () -> CoreParts.marks(steer, ways, network, brain),
                this::followTraffic);
        api = new AgentApi(
                clock,
                wishes.mode(),
                outside.capabilities(),
                config,
                brain,
                new JournalPages(journal),
                network,
                devices,
                unread,
                netchecks,
                outlook,
                node);
        performer = new Performer(new Performer.Hands(
                api,
                brain,
                recovery,
                repair,
                sweep,
                ledger,
                flows,
                rewrites,
                mtus,
                owners,
                steer,
                redials,
                echo,
                outlook,
                CoreParts.sizes(outside, outlook, network, brain),
                endpointNames,
                devices,
                network,
                unfinished,
                node));
        readAll = new Alarm(loop, clock, this::onReadAll);
        sleep = new SleepWatch(clock, this::onWoke);
    }

    /** For those who are told of the network, which is opened first. */
    private Outlook outlook() {
        return outlook;
    }

    /** Begins to look and to listen. */
    void start() throws LinuxException, MalformedMessageException {
        // What an earlier run steered would else be seen as the kernel's own choice.
        steer.sweep();
        redials.sweep();
        rewrites.sweep();
        network.start(descriptors);
        try {
            devices.start();
        } catch (LinuxException e) {
            Logger.warn("new userspace devices are found with the next change of a link only: {}", e.getMessage());
        }
        try {
            jumps = ClockJumps.open(descriptors, sleep::look);
        } catch (LinuxException e) {
            Logger.warn("that the machine slept is seen with the next reading of all only: {}", e.getMessage());
        }
        node.look();
        readAll.setWithin(READ_ALL_NANOS);
        readiness.start(recovery, slowLane);
    }

    /** Takes back what may not outlive us; complete when that is done or was refused. */
    CompletableFuture<Void> giveBack() {
        steer.giveBack();
        mtus.stop();
        return CompletableFuture.allOf(
                sweep.onStop(ledger.entries(), brain.state()), outlook.giveBack(), rewrites.giveBack());
    }

    /** What a hook of another program told: something may be another one that no announcement shows. */
    void onHook(HookEvent event) {
        Logger.debug("a hook told {}", event);
        network.askAgain();
        outlook.disturbed();
        if (event instanceof HookEvent.Resume) {
            devices.readAll();
        }
    }

    AgentApi api() {
        return api;
    }

    private void onNetwork(NetworkChange change) {
        devices.onLinks(change.after().links().values());
        api.onNetwork(change.after());
        node.onNetwork();
        followTraffic();
        outlook.onNetwork(change);
        if (!change.before().addresses().equals(change.after().addresses())) {
            redials.addressesChanged();
        }
        steer.onNetwork(change.after(), AgentApi.tunnelInterfaces(brain.state()));
    }

    private void onWoke(long sleptNanos) {
        outlook.disturbed();
        brain.observe(new Observation.Woke(sleptNanos));
    }

    private void onReadAll() {
        sleep.look();
        devices.readAll();
        followTraffic();
        echo.expire();
        node.look();
        readAll.setWithin(READ_ALL_NANOS);
    }

    private void onDevice(Observation observation) {
        brain.observe(observation);
        network.follow(PathQuestions.of(brain.state(), device -> Explanations.Seen.owner(devices, device)));
        if (observation instanceof Observation.DeviceSeen seen) {
            // A refresh from a port that is about to be taken back would teach the far side the wrong one.
            var unused = sweep.onDevice(seen.device()).thenRun(() -> unfinished.onDevice(seen.device(), awake(seen)));
            if (configured.mode() == Mode.REPAIR) {
                readiness.onDevice(seen);
            }
        }
        outlook.onDevice();
        followTraffic();
    }

    private void followTraffic() {
        var interfaces = new HashMap<>(node.interfaces());
        brain.state()
                .devices()
                .forEach((name, one) -> interfaces.put(name, one.facts().interfaceIndex()));
        traffic.follow(interfaces);
        var notes = new HashMap<>(devices.notes());
        notes.keySet().removeAll(interfaces.keySet());
        unread.follow(notes, name -> network.state().link(name).map(Link::index).orElse(0));
    }

    /** The keys of those that spoke lately. */
    private List<String> awake(Observation.DeviceSeen seen) {
        return seen.changedPeers().stream()
                .filter(peer -> peer.handshakeAt() != PeerFacts.NEVER
                        && brain.now() - peer.handshakeAt() < RecoveryConfig.ACTIVE_FOR)
                .map(PeerFacts::key)
                .toList();
    }

    private boolean carries(DeviceFacts device) {
        return brain.state().tunnels().entrySet().stream()
                .filter(entry -> entry.getKey().device().equals(device.name()))
                .anyMatch(entry ->
                        TunnelStatus.of(entry.getValue(), brain.now(), config).word() == Word.CARRYING);
    }

    private void onStep(RecoveryState before, Observation observation, long now, Step step) {
        for (var action : step.actions()) {
            if (action instanceof Action.Note note) {
                Logger.info(
                        "#{} {} {}{}",
                        note.incident(),
                        note.kind().name().toLowerCase(Locale.ROOT),
                        tunnel(note),
                        note.what());
                api.tell(new AgentEvent.Noted(
                        note.incident(),
                        api.wallMillis(now),
                        note.kind().name(),
                        note.tunnel().map(TunnelId::toString),
                        note.what()));
            }
        }
        journal.onStep(before, observation, now, step);
        api.tellChanges(before, step.state());
    }

    private static String tunnel(Action.Note note) {
        return note.tunnel().map(tunnel -> tunnel + ": ").orElse("");
    }

    private void perform(Action action) {
        performer.perform(action);
    }

    @Override
    public void close() {
        brain.close();
        node.close();
        traffic.close();
        unread.close();
        links.close();
        flows.close();
        owners.close();
        redials.close();
        steer.close();
        readAll.close();
        if (jumps != null) {
            jumps.close();
        }
        outlook.close();
        unfinished.close();
        netchecks.close();
        endpointNames.close();
        names.close();
        ways.close();
        network.close();
        devices.close();
        echo.close();
        uapi.close();
        kernel.close();
    }
}
