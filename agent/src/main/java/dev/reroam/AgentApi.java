package dev.reroam;

import dev.reroam.config.Mode;
import dev.reroam.host.Capabilities;
import dev.reroam.host.Version;
import dev.reroam.linux.libc.Clock;
import dev.reroam.network.NetworkMonitor;
import dev.reroam.network.NetworkState;
import dev.reroam.network.UplinkFacts;
import dev.reroam.network.Uplinks;
import dev.reroam.recovery.DeviceState;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.TunnelId;
import dev.reroam.recovery.TunnelState;
import dev.reroam.recovery.TunnelStatus;
import dev.reroam.tunnel.wireguard.see.DeviceWatch;
import dev.reroam.tunnel.wireguard.see.PortVerdict;
import dev.reroam.web.AgentEvent;
import dev.reroam.web.Api;
import dev.reroam.web.IncidentReport;
import dev.reroam.web.IncidentSummary;
import dev.reroam.web.StatusReport;
import dev.reroam.web.TunnelSelector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What the agent tells those who ask. Confined to the agent's loop. */
final class AgentApi implements Api {

    private final Clock clock;
    private final Mode mode;
    private final Capabilities capabilities;
    private final RecoveryConfig recovery;
    private final RecoveryLoop loop;
    private final JournalPages incidents;
    private final NetworkMonitor network;
    // Devices that are there and cannot be read, or are only watched, each with the reason.
    private final DeviceWatch devices;
    private final UnreadTunnels unread;
    private final Netchecks netchecks;
    private final Outlook outlook;
    private final NodeOutlook node;
    private final OutsideReport outside;
    private final UplinkAges uplinkAges = new UplinkAges();
    // Of the brain's clock: on a router without a battery the wall clock jumps by years after the start.
    private final long startedAt;
    private final List<Consumer<AgentEvent>> listeners = new ArrayList<>();
    private long repairs;
    private long echoes;
    private long incidentsOpened;

    AgentApi(
            Clock clock,
            Mode mode,
            Capabilities capabilities,
            RecoveryConfig recovery,
            RecoveryLoop loop,
            JournalPages incidents,
            NetworkMonitor network,
            DeviceWatch devices,
            UnreadTunnels unread,
            Netchecks netchecks,
            Outlook outlook,
            NodeOutlook node) {
        this.clock = clock;
        this.mode = mode;
        this.capabilities = capabilities;
        this.recovery = recovery;
        this.loop = loop;
        this.incidents = incidents;
        this.network = network;
        this.devices = devices;
        this.unread = unread;
        this.netchecks = netchecks;
        this.outlook = outlook;
        this.node = node;
        this.outside = new OutsideReport(outlook, this::wallMillis);
        this.startedAt = loop.now();
    }

    /** The network is another one now. */
    void onNetwork(NetworkState network) {
        uplinkAges.onUplinks(uplinks(network, loop.state()), loop.now());
    }

    void countRepair() {
        repairs++;
    }

    void countEcho() {
        echoes++;
    }

    void countIncident() {
        incidentsOpened++;
    }

    /** Tells everybody who watches. */
    void tell(AgentEvent event) {
        List.copyOf(listeners).forEach(listener -> listener.accept(event));
    }

    /** Tells what is different after a step; costs nothing while nobody watches. */
    void tellChanges(RecoveryState before, RecoveryState after) {
        if (listeners.isEmpty() || before.tunnels().equals(after.tunnels())) {
            return;
        }
        long now = loop.now();
        after.tunnels().forEach((id, tunnel) -> {
            var former = before.tunnels().get(id);
            if (former == null || worthTelling(former, tunnel)) {
                tell(new AgentEvent.TunnelChanged(tunnel(after, id, tunnel, now), wallMillis()));
            }
        });
        before.tunnels().keySet().stream()
                .filter(id -> !after.tunnels().containsKey(id))
                .forEach(id -> tell(new AgentEvent.TunnelGone(id.toString(), wallMillis())));
    }

    private static boolean worthTelling(TunnelState before, TunnelState after) {
        return !before.path().equals(after.path())
                || !before.standing().getClass().equals(after.standing().getClass())
                || !before.facts().endpoint().equals(after.facts().endpoint());
    }

    @Override
    public StatusReport status() {
        var state = loop.state();
        long now = loop.now();
        var counters = new LinkedHashMap<String, Long>();
        counters.put("incidents", incidentsOpened);
        counters.put("repairs", repairs);
        counters.put("echoes", echoes);
        counters.put("stun_questions_through_tunnels", outlook.askedThrough());
        counters.put("stun_answers_dropped", outlook.lookout().dropped());
        counters.put("unreadable_announcements", network.unreadable());
        counters.put("unanswered_path_questions", network.unanswered());
        counters.put("unreadable_wireguard_answers", devices.malformed());
        counters.put("unreadable_tailscale_answers", node.malformed());
        return new StatusReport(
                Version.text(),
                mode,
                ProcessHandle.current().pid(),
                wallMillis(),
                wallMillis(startedAt),
                capabilities.missing().stream()
                        .map(missing -> new StatusReport.MissingCapability(missing.name(), missing.costs()))
                        .toList(),
                uplinks(state, now),
                devices(state),
                tunnels(state, now),
                node.report(state.node(), this::wallMillis),
                counters);
    }

    private List<StatusReport.Uplink> uplinks(RecoveryState state, long now) {
        return uplinks(network.state(), state).stream()
                .map(facts -> new StatusReport.Uplink(
                        facts.uplink().interfaceName(),
                        facts.uplink().interfaceIndex(),
                        facts.uplink().gateway(),
                        Optional.of(facts.uplink().source()),
                        facts.running() ? StatusReport.UplinkState.UP : StatusReport.UplinkState.DOWN,
                        wallMillis(uplinkAges.since(facts, now)),
                        outside.of(facts.uplink())))
                .toList();
    }

    /** The uplinks: what leads out, and is no tunnel of ours. */
    static List<UplinkFacts> uplinks(NetworkState network, RecoveryState state) {
        return Uplinks.of(network, tunnelInterfaces(state));
    }

    /** Those that are known as a tunnel's. */
    static Set<Integer> tunnelInterfaces(RecoveryState state) {
        return state.devices().values().stream()
                .map(device -> device.facts().interfaceIndex())
                .collect(Collectors.toSet());
    }

    private List<StatusReport.Device> devices(RecoveryState state) {
        var devices = new ArrayList<StatusReport.Device>();
        var reasons = this.devices.notes();
        state.devices().values().stream()
                .map(DeviceState::facts)
                .map(facts -> new StatusReport.Device(
                        facts.name(),
                        Optional.of(facts),
                        Optional.ofNullable(reasons.get(facts.name())).map(DeviceWatch.Note::why),
                        this.devices.port(facts.name()).map(PortVerdict::reason),
                        outside.of(facts)))
                .forEach(devices::add);
        reasons.forEach((name, note) -> {
            if (!state.devices().containsKey(name)) {
                devices.add(new StatusReport.Device(
                        name, Optional.empty(), Optional.of(note.why()), Optional.empty(), List.of()));
            }
        });
        return devices;
    }

    private List<StatusReport.Tunnel> tunnels(RecoveryState state, long now) {
        var tunnels = new ArrayList<StatusReport.Tunnel>();
        state.tunnels().forEach((id, tunnel) -> tunnels.add(tunnel(state, id, tunnel, now)));
        tunnels.addAll(unread.report(this::wallMillis));
        devices.disabled()
                .forEach(name -> tunnels.add(StatusReport.Tunnel.unread(
                        name, StatusReport.TunnelState.DISABLED, wallMillis(startedAt), Optional.empty(), 0, 0)));
        return tunnels;
    }

    private StatusReport.Tunnel tunnel(RecoveryState state, TunnelId id, TunnelState tunnel, long now) {
        var status = TunnelStatus.of(tunnel, now, recovery);
        var facts = tunnel.facts();
        boolean inIncident = status.word() == TunnelStatus.Word.REPAIRING || status.word() == TunnelStatus.Word.NO_WAY;
        return new StatusReport.Tunnel(
                id.toString(),
                id.device(),
                Optional.of(id.peer()),
                word(status.word()),
                wallMillis(status.since()),
                Optional.of(status.why()).filter(why -> !why.isEmpty()),
                tunnel.path(),
                facts.endpoint(),
                tunnel.lastProof()
                        .map(proof -> new StatusReport.Proof(proof.kind().toString(), wallMillis(proof.at()))),
                facts.echoTarget(),
                facts.keepaliveSeconds(),
                facts.receivedBytes(),
                facts.sentBytes(),
                inIncident && state.incident().isPresent()
                        ? OptionalLong.of(state.incident().get().number())
                        : OptionalLong.empty());
    }

    private static StatusReport.TunnelState word(TunnelStatus.Word word) {
        return switch (word) {
            case CARRYING, QUIET, SUSPECT -> StatusReport.TunnelState.CARRYING;
            case ASLEEP -> StatusReport.TunnelState.ASLEEP;
            case REPAIRING, NO_WAY -> StatusReport.TunnelState.RECOVERING;
            case ONLY_OBSERVED -> StatusReport.TunnelState.OBSERVED;
            case WAITING_FOR_PEER -> StatusReport.TunnelState.WAITING_FOR_THE_PEER;
            case NEEDS_PERSON -> StatusReport.TunnelState.NEEDS_A_PERSON;
        };
    }

    @Override
    public List<IncidentSummary> incidents() {
        return incidents.summaries();
    }

    @Override
    public Optional<IncidentReport> incident(long id) {
        return incidents.report(id);
    }

    @Override
    public Explanations explain(TunnelSelector tunnels) {
        return dev.reroam.Explanations.of(
                loop.state(), dev.reroam.Explanations.Seen.of(devices), tunnels, loop.now(), recovery);
    }

    @Override
    public Recovering recover(TunnelSelector tunnels) {
        return new RecoveryWishes(mode, recovery, loop).take(tunnels);
    }

    @Override
    public Netchecking netcheck() {
        return netchecks.begin();
    }

    @Override
    public Subscription subscribe(Consumer<AgentEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Wall clock of a moment of the brain's clock, milliseconds since 1970. */
    long wallMillis(long brainNanos) {
        return wallMillis() - TimeUnit.NANOSECONDS.toMillis(loop.now() - brainNanos);
    }

    private long wallMillis() {
        return TimeUnit.NANOSECONDS.toMillis(clock.realtimeNanos());
    }
}
