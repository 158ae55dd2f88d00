package dev.reroam.tests.simulation;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Rung;
import dev.reroam.recovery.Standing;
import dev.reroam.recovery.Step;
import dev.reroam.recovery.TunnelId;
import dev.reroam.recovery.TunnelState;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.World;
import dev.reroam.uplink.Uplink;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A healthy tunnel is never touched. Healthy is one that has carried both ways for {@link #SURE} without a gap, whether or not
 * anything is sent through it. On its device no port changes and no socket is opened anew, but that a merely quiet one may be
 * rebound with a broken neighbour, which keeps the port; and it is itself refreshed only after a sign that concerns its own way,
 * twice for each sign, or three times where nobody can be asked. A peer that never shook hands is sent nothing, unless a person named it. One thread's.
 */
final class Untouched implements Watcher {

    /** Longer than a broken one may take to show it: the passive keepalive's 10 s, and a second for the way. */
    static final long SURE = 15 * VirtualTime.SECOND;

    private static final long ACKNOWLEDGED = 11 * VirtualTime.SECOND;
    // A repair takes so long to reach the device.
    private static final long READ = VirtualTime.SECOND;
    // A tunnel is taken for asleep after as long without a sign of life.
    private static final long ASLEEP = 180 * VirtualTime.SECOND;
    private static final long NOT_YET = Long.MAX_VALUE;
    private static final int REFRESHES_A_SIGN = 2;

    private final Court court;
    private final Health health;
    private final Slowed slowed;
    private final Map<TunnelId, Integer> allowed = new HashMap<>();
    private final Set<TunnelId> named = new HashSet<>();
    private final Map<Long, String> rebinding = new HashMap<>();
    private final Map<Uplink, IpAddress> outside = new HashMap<>();
    private long now;
    private long startedAt = NOT_YET;
    private long refreshes;
    private long sockets;
    private long ports;
    private RecoveryState state = RecoveryState.initial();

    Untouched(Court court, Health health, Slowed slowed) {
        this.court = court;
        this.health = health;
        this.slowed = slowed;
    }

    /** Refreshes of healthy tunnels so far, each with a sign. */
    long refreshes() {
        return refreshes;
    }

    long sockets() {
        return sockets;
    }

    long ports() {
        return ports;
    }

    @Override
    public void onStart() {
        state = RecoveryState.initial();
        startedAt = NOT_YET;
        allowed.clear();
        outside.clear();
        rebinding.clear();
    }

    @Override
    public void onStep(RecoveryState before, Observation observation, long now, Step step) {
        this.now = now;
        startedAt = startedAt == NOT_YET ? now : startedAt;
        state = step.state();
        signs(before, observation);
        // What servers made of an uplink, or a change that was held back and is followed now.
        before.uplinks().forEach((uplink, was) -> {
            var is = step.state().uplinks().get(uplink);
            boolean followed =
                    is != null && was.pending().isPresent() && is.pending().isEmpty();
            boolean judged = is != null && was.health().state() != is.health().state();
            if (followed || judged) {
                over(before, uplink);
            }
        });
        for (Action action : step.actions()) {
            if (action instanceof Action.Refresh refresh) {
                refresh.peers()
                        .forEach(peer -> refreshed(new TunnelId(refresh.device().name(), peer.key())));
            } else if (action instanceof Action.UnderRepair begun
                    && begun.tried().contains(Rung.NEW_PORT)) {
                begun.peers().forEach(peer -> sign(new TunnelId(begun.device().name(), peer)));
            } else if (action instanceof Action.Steer steer) {
                steered(steer, step.state());
            } else if (action instanceof Action.Unsteer || action instanceof Action.ForgetFlows) {
                ofDevice(((Action.Repair) action).device().name());
            } else if (action instanceof Action.Rebind || action instanceof Action.RestorePort) {
                rebinding.put(
                        ((Action.Repair) action).repair(),
                        ((Action.Repair) action).device().name());
                ofDevice(((Action.Repair) action).device().name());
            }
        }
    }

    private void signs(RecoveryState before, Observation observation) {
        switch (observation) {
            case Observation.PathsSeen seen -> {
                seen.answers().forEach(answer -> sign(answer.tunnel()));
                boolean deadChanged = !seen.dead().equals(before.dead());
                before.tunnels().forEach((id, tunnel) -> {
                    int by = leavesBy(tunnel);
                    if (seen.disturbed().contains(by)
                            || (deadChanged
                                    && (seen.dead().contains(by)
                                            || before.dead().contains(by)))) {
                        sign(id);
                    }
                });
            }
            case Observation.PublicSeen seen -> {
                IpAddress was = outside.put(seen.uplink(), seen.mapped().address());
                IpAddress earlier = seen.before().orElse(was);
                if (earlier != null && !earlier.equals(seen.mapped().address())) {
                    over(before, seen.uplink());
                }
            }
            case Observation.GatewayForgot forgot -> over(before, forgot.uplink());
            case Observation.GatewayMoved moved -> over(before, moved.uplink());
            case Observation.Interrupted interrupted ->
                interrupted.peers().forEach(peer -> sign(new TunnelId(interrupted.device(), peer)));
            case Observation.RecoverAsked asked -> {
                before.tunnels().keySet().forEach(this::sign);
                if (asked.meant() instanceof Observation.Meant.Named one) {
                    named.add(one.tunnel());
                }
            }
            case Observation.DeviceSeen seen ->
                Optional.ofNullable(before.devices().get(seen.device().name()))
                        .filter(was ->
                                was.facts().interfaceIndex() != seen.device().interfaceIndex())
                        .ifPresentOrElse(was -> ofDevice(seen.device().name()), () -> returned(before, seen));
            case Observation.Woke woke -> before.tunnels().keySet().forEach(this::sign);
            case Observation.DeviceGone gone -> ofDevice(gone.device());
            // A new socket is finished by a refresh of those that wait for it, as late as it comes.
            case Observation.RepairEnded ended ->
                Optional.ofNullable(rebinding.remove(ended.repair())).ifPresent(this::ofDevice);
            case Observation.EchoAnswered answer -> {}
            case Observation.EchoRefused refused -> {}
            case Observation.ThroughAnswered answer -> {}
            case Observation.UplinkHeard heard -> {}
            case Observation.NodeSeen seen -> {}
            case Observation.NodeGone gone -> {}
            case Observation.NodeKicked kicked -> {}
            case Observation.NodePinged pinged -> {}
            case Observation.ControlSeen seen -> {}
            case Observation.NodeSteered steered -> {}
            case Observation.UplinkUnheard unheard -> {}
            case Observation.GatewaySeen seen -> {}
            case Observation.WaysSeen ways -> {}
            case Observation.HostRouteSeen seen -> {}
            case Observation.MtuSeen seen -> {}
            case Observation.TrafficSeen traffic -> {}
            case Observation.NameSeen named -> {}
            case Observation.TimePassed passed -> {}
        }
    }

    private void returned(RecoveryState before, Observation.DeviceSeen seen) {
        if (!before.devices().containsKey(seen.device().name())) {
            seen.changedPeers().forEach(peer -> sign(new TunnelId(seen.device().name(), peer.key())));
        }
    }

    private void ofDevice(String device) {
        state.tunnels().keySet().stream()
                .filter(id -> id.device().equals(device))
                .forEach(this::sign);
    }

    private void over(RecoveryState before, Uplink uplink) {
        before.tunnels().forEach((id, tunnel) -> {
            if (tunnel.path().orElse(null) instanceof Path.Via via
                    && uplink.carries(via.interfaceIndex(), via.gateway(), via.source())) {
                sign(id);
            }
        });
    }

    private static int leavesBy(TunnelState tunnel) {
        return tunnel.path().orElse(null) instanceof Path.Via via ? via.interfaceIndex() : -1;
    }

    private void sign(TunnelId id) {
        allowed.put(id, REFRESHES_A_SIGN);
    }

    private void steered(Action.Steer steer, RecoveryState now) {
        String device = steer.device().name();
        now.tunnels().forEach((id, tunnel) -> {
            boolean meant = tunnel.facts()
                    .endpoint()
                    .filter(steer.endpoints()::contains)
                    .isPresent();
            boolean carries = id.device().equals(device) && meant && health.carriesFor(id) >= SURE;
            boolean known = !isUnheard(id, tunnel);
            // One that is sticky elsewhere carries, or hears over another one, but not by the uplink that it is to
            // leave.
            if (carries && known && health.reach().isOnASoundWay(health.link(id)) && !slowed.any()) {
                court.violation("untouched", id + " carries, and is steered to " + steer.to());
            }
        });
        ofDevice(device);
    }

    /** Whether there is nobody in it who could be asked. */
    private boolean isMute(TunnelId id) {
        TunnelState tunnel = state.tunnels().get(id);
        return tunnel != null
                && tunnel.facts().probe().isEmpty()
                && tunnel.facts().lastSeen().isEmpty()
                && tunnel.facts().everything().isEmpty();
    }

    private void refreshed(TunnelId id) {
        World.Link link = health.link(id);
        if (!link.near().everHeard() && !named.contains(id)) {
            court.violation("untouched", id + " never shook hands, and is sent something");
        }
        int left = allowed.merge(id, -1, Integer::sum);
        if (health.carriesFor(id) < SURE) {
            return;
        }
        refreshes++;
        if (left < (isMute(id) ? -1 : 0)) {
            court.violation("untouched", id + " carries, and is refreshed without a sign");
        }
    }

    /** Under repair, and what should have come each 10 s was lost, or came this instant: that it carries nobody can know. */
    private boolean isUnheard(TunnelId id, TunnelState tunnel) {
        long unheard = health.unheardFor(id);
        long known = Math.max(tunnel.facts().handshakeAt(), tunnel.activity().receivedAt());
        boolean unread = unheard < READ && now - known > ACKNOWLEDGED;
        return tunnel.standing() instanceof Standing.Repairing && (unheard > ACKNOWLEDGED || unread);
    }

    /**
     * It is taken for asleep, and has received nothing since the agent started. What it did before, the agent has not seen;
     * the stamp of its handshake is all that it knows, and that is a wall clock's, and up to 180 s older than its last packet.
     */
    private boolean isStrange(TunnelId id, TunnelState tunnel) {
        long known = Math.max(tunnel.facts().handshakeAt(), tunnel.activity().receivedAt());
        return known < now - ASLEEP && health.link(id).near().receivedAt() < startedAt;
    }

    @Override
    public void onRepair(Action.Setting repair) {
        boolean port = repair instanceof Action.NewPort;
        String device = repair.device().name();
        for (var entry : state.tunnels().entrySet()) {
            TunnelId id = entry.getKey();
            Standing standing = entry.getValue().standing();
            boolean mayBeRebound = standing instanceof Standing.Quiet
                    || isUnheard(id, entry.getValue())
                    || isStrange(id, entry.getValue());
            if (!id.device().equals(device) || health.carriesFor(id) < SURE || (mayBeRebound && !port)) {
                continue;
            }
            sockets += port ? 0 : 1;
            ports += port ? 1 : 0;
            court.violation(
                    "untouched", id + " carries, and " + device + (port ? " leaves its port" : " is bound anew"));
        }
    }
}
