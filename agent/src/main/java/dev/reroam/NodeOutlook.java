package dev.reroam;

import dev.reroam.config.TailscaleConfig;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.route.Address;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.NodeFacts;
import dev.reroam.recovery.NodeState;
import dev.reroam.recovery.Observation;
import dev.reroam.tcp.SilentServer;
import dev.reroam.tunnel.tailscale.LocalApi;
import dev.reroam.tunnel.tailscale.NodePrefs;
import dev.reroam.tunnel.tailscale.NodeStatus;
import dev.reroam.tunnel.tailscale.NodeView;
import dev.reroam.tunnel.tailscale.act.NodeRepair;
import dev.reroam.tunnel.tailscale.see.ControlWatch;
import dev.reroam.tunnel.tailscale.see.NodeWatch;
import dev.reroam.web.StatusReport;
import io.netty.channel.IoEventLoop;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** The tailscaled of this box, if there is one: watched, told to the brain, and told what the brain wants. The loop's. */
final class NodeOutlook implements AutoCloseable {

    /** Whose connections are ended. */
    static final String PROGRAM = "tailscaled";

    /**
     * Ours: where its way is another one, it tells its control server where it is now, and asks its relays whether they are there;
     * what has heard nothing after that long hears nothing.
     */
    static final List<Long> AGAIN_AFTER = List.of(TimeUnit.MILLISECONDS.toNanos(1_200), TimeUnit.SECONDS.toNanos(5));

    private final IoEventLoop loop;
    private final Clock clock;
    private final Redials redials;
    private final Supplier<? extends Collection<Address>> addresses;
    private final Supplier<NodeFacts.Marks> marks;
    private final Runnable onFacts;
    private final Consumer<Observation> brain;
    private final ControlMeans means;
    private final ControlWatch control;
    // Null where it is to be left alone.
    private final @Nullable NodeWatch watch;
    private Optional<NodeView> view = Optional.empty();
    private Optional<NodeFacts> facts = Optional.empty();
    private Optional<NodeReport.Said> said = Optional.empty();
    private long since;
    // What its sockets are bound to may be another uplink's, until it is told.
    private boolean diedSteering;

    /**
     * @param means closed with this
     * @param diedSteering the agent before this one did
     * @param addresses this machine's
     * @param marks by what its packets are known just now
     * @param onFacts is told when {@link #interfaces} may be others
     */
    NodeOutlook(
            IoEventLoop loop,
            Clock clock,
            TailscaleConfig config,
            Redials redials,
            ControlMeans means,
            boolean diedSteering,
            Supplier<? extends Collection<Address>> addresses,
            Supplier<NodeFacts.Marks> marks,
            Runnable onFacts,
            Consumer<Observation> brain) {
        this.addresses = addresses;
        this.marks = marks;
        this.onFacts = onFacts;
        this.loop = loop;
        this.clock = clock;
        this.redials = redials;
        this.brain = brain;
        this.means = means;
        this.diedSteering = diedSteering;
        control = new ControlWatch(
                loop,
                clock,
                means,
                NodeState.CONTROL_SILENT,
                (servers, nanos) -> brain.accept(new Observation.ControlSeen(servers, nanos)));
        var sockets = config.socket().map(List::of).orElse(NodeWatch.SOCKETS);
        watch = config.enabled()
                ? new NodeWatch(new NodeWatch.Outside(
                        loop, clock, Path.of("/proc"), sockets, NodeWatch.Pace.USUAL, this::onNode))
                : null;
    }

    /** Looks for it where none is known, and asks it how it is. */
    void look() {
        if (watch != null) {
            watch.look();
        }
    }

    /** The network is another one: a tailscaled that starts makes an interface. */
    void onNetwork() {
        redials.addressesChanged();
        if (view.isEmpty()) {
            look();
        } else {
            tellFacts();
        }
    }

    private void onNode(Optional<NodeView> now) {
        boolean unheard = isUnheard(view);
        view = now;
        control.follow(now.flatMap(NodeView::prefs).map(NodePrefs::controlHost));
        if (!unheard && isUnheard(now)) {
            control.lookSoon();
        }
        var next = now.map(NodeReport::of);
        if (!next.equals(said)) {
            Logger.info("tailscale: {}", next.map(NodeOutlook::words).orElse("there is none any more"));
            said = next;
            since = clock.monotonicNanos();
        }
        tellFacts();
    }

    private void tellFacts() {
        var known = view.map(node -> NodeReport.facts(node, marks.get(), this::isOurs));
        if (!known.equals(facts)) {
            facts = known;
            boolean running = known.filter(node -> node.condition() == NodeFacts.Condition.RUNNING)
                    .isPresent();
            brain.accept(known.<Observation>map(Observation.NodeSeen::new)
                    .orElseGet(() -> new Observation.NodeGone("there is no tailscaled any more")));
            if (running && diedSteering) {
                diedSteering = false;
                brain.accept(new Observation.Interrupted(NodeState.TRAFFIC, List.of(), Set.of()));
            }
            onFacts.run();
        }
    }

    private boolean isOurs(IpAddress address) {
        return addresses.get().stream().anyMatch(own -> own.local().equals(address));
    }

    private static boolean isUnheard(Optional<NodeView> view) {
        return view.filter(node -> !NodeReport.polls(node)).isPresent();
    }

    /** The node's interface, by {@link NodeState#TRAFFIC}: that which has its address. None in userspace networking. */
    Map<String, Integer> interfaces() {
        var own = view.flatMap(NodeView::status)
                .flatMap(NodeStatus::self)
                .map(NodeStatus.Self::addresses)
                .orElse(List.of());
        return addresses.get().stream()
                .filter(address -> own.contains(address.local()))
                .findFirst()
                .map(address -> Map.of(NodeState.TRAFFIC, address.link()))
                .orElse(Map.of());
    }

    private static String words(NodeReport.Said said) {
        return said.state().word() + said.why().map(why -> ": " + why).orElse("");
    }

    void perform(Action.KickNode asked) {
        api().ifPresentOrElse(
                        api -> NodeRepair.kick(api, asked, ended -> {
                            brain.accept(ended);
                            look();
                        }),
                        () -> loop.execute(() -> brain.accept(
                                new Observation.NodeKicked(asked.repair(), new Observation.RepairOutcome.Vanished()))));
    }

    void perform(Action.PingNode asked) {
        api().ifPresent(api -> NodeRepair.ping(api, asked, brain::accept));
    }

    void perform(Action.EndNodeConnections asked) {
        redials.perform(new Action.EndConnections(asked.uplink(), asked.silentFrom()));
    }

    void perform(Action.EndControl asked) {
        redials.perform(
                new SilentServer(Set.copyOf(asked.servers()), TimeUnit.NANOSECONDS.toMillis(asked.silentNanos())));
        control.lookSoon();
    }

    private Optional<LocalApi> api() {
        return view.map(node -> new LocalApi(loop, node.socket(), LocalApi.DEADLINE_MILLIS));
    }

    /**
     * How it is; empty where there is none.
     *
     * @param state what the brain thinks of it
     * @param wallMillis the wall clock at a moment of the monotonic one
     */
    Optional<StatusReport.Node> report(Optional<NodeState> state, LongUnaryOperator wallMillis) {
        return view.flatMap(node -> said.map(word -> NodeReport.of(node, word, state, since, wallMillis)));
    }

    /** What it said that could not be read. */
    long malformed() {
        return watch == null ? 0 : watch.malformed();
    }

    @Override
    public void close() {
        control.close();
        means.close();
        redials.close();
        if (watch != null) {
            watch.close();
        }
    }
}
