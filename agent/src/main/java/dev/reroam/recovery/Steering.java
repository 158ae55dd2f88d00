package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Stranded;
import dev.reroam.recovery.Standing.Verdict;
import dev.reroam.recovery.UplinkHealth.State;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which tunnels leave by a way of ours: away from an uplink that is silent or dead, and back when it has answered for long
 * enough. Works on a {@link Draft}.
 */
final class Steering {

    private record Group(String device, Uplink to) {}

    private final Draft draft;
    private final Repairs repairs;

    Steering(Draft draft, Repairs repairs) {
        this.draft = draft;
        this.repairs = repairs;
    }

    /** The uplink that a tunnel may try instead of the one it leaves by; empty where there is none, or we may not. */
    Optional<Uplink> candidate(TunnelState tunnel) {
        return candidate(tunnel, List.of());
    }

    private Optional<Uplink> candidate(TunnelState tunnel, List<Uplink> tried) {
        Optional<IpFamily> family =
                tunnel.facts().endpoint().map(endpoint -> endpoint.address().family());
        if (draft.steersNot.isPresent() || family.isEmpty()) {
            return Optional.empty();
        }
        return draft.ways.stream()
                .filter(way -> way.family() == family.get())
                .filter(way -> !Upstream.leavesBy(tunnel, way) && !draft.dead.contains(way.interfaceIndex()))
                .filter(way -> tried.stream().noneMatch(way::equals))
                .filter(way -> health(way).usable())
                // Sorting is stable: among equals the one with the better metric.
                .min(Comparator.comparing(way -> health(way).state() == State.UNKNOWN));
    }

    private UplinkHealth health(Uplink way) {
        return health(draft, way);
    }

    /** How a way out is. */
    static UplinkHealth health(Draft draft, Uplink way) {
        UplinkState state = draft.uplinks().get(way);
        return state == null ? UplinkHealth.NONE : state.health();
    }

    /** Begins for those that wait for another way, and takes back what is not needed any more. */
    void due() {
        withdrawDue();
        var groups = new TreeMap<Group, List<TunnelId>>(
                Comparator.comparing(Group::device).thenComparing(Group::to));
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelId id = draft.tunnels().keyAt(i);
            TunnelState tunnel = draft.tunnels().valueAt(i);
            DeviceState device = draft.device(id.device());
            if (tunnel.standing() instanceof Stranded stranded && stranded.steerFrom() <= draft.now && device != null) {
                Optional<Uplink> to = candidate(tunnel);
                draft.putAt(i, tunnel.with(stranded.steerFrom(Attempt.NONE)));
                if (to.isEmpty()) {
                    skipped(id);
                } else if (draft.observed(device)) {
                    repairs.giveUp(id, stranded.damage(), Verdict.ONLY_OBSERVED, "would steer to " + to.get());
                } else {
                    groups.computeIfAbsent(new Group(id.device(), to.get()), key -> new ArrayList<>())
                            .add(id);
                }
            }
        }
        groups.forEach(this::steer);
    }

    private void skipped(TunnelId id) {
        String why = draft.steersNot.orElse("no other uplink may carry it");
        draft.note(NoteKind.SKIPPED, id, "steer: " + why);
        Pinned.ask(draft, id);
    }

    /** Begins for tunnels whose lower rungs have failed. */
    void begin(List<TunnelId> failed) {
        var groups = new TreeMap<Group, List<TunnelId>>(
                Comparator.comparing(Group::device).thenComparing(Group::to));
        for (TunnelId id : failed) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel != null && mayHelp(tunnel)) {
                candidate(tunnel)
                        .ifPresent(to -> groups.computeIfAbsent(new Group(id.device(), to), key -> new ArrayList<>())
                                .add(id));
            }
        }
        groups.forEach(this::steer);
    }

    private @Nullable Steered live(TunnelId id) {
        Steered steered = draft.steered().get(id);
        return steered == null || steered.leaving() ? null : steered;
    }

    /** Whether another uplink may do what this one does not. */
    boolean mayHelp(TunnelState tunnel) {
        State state = Upstream.health(draft, tunnel).state();
        return state != State.ALIVE
                && state != State.PROBATION
                && candidate(tunnel).isPresent();
    }

    private void steer(Group group, List<TunnelId> tunnels) {
        DeviceState device = draft.device(group.device());
        if (device == null) {
            return;
        }
        var endpoints = new ArrayList<Endpoint>();
        long repair = draft.repairNumber();
        for (TunnelId id : tunnels) {
            TunnelState tunnel = draft.tunnel(id);
            if (tunnel == null
                    || tunnel.standing().damaged().isEmpty()
                    || !(tunnel.path().orElse(null) instanceof Path.Via via)) {
                continue;
            }
            Endpoint endpoint = tunnel.facts().endpoint().orElseThrow();
            Steered before = live(id);
            var tried = new ArrayList<Uplink>(before == null ? List.of() : before.tried());
            tried.add(group.to());
            Path.Via from = before == null ? via : before.from();
            boolean byLink = draft.dead.contains(tunnel.leavesBy());
            draft.put(id, new Steered(endpoint, from, group.to(), tried, draft.now, byLink, false, false));
            Damage damage = tunnel.standing().damaged().get();
            draft.underRepair(id);
            draft.put(id, tunnel.with(new Repairing(damage, Attempt.begun(Rung.STEER, repair, draft.now))));
            endpoints.add(endpoint);
        }
        if (endpoints.isEmpty()) {
            return;
        }
        draft.incident = draft.incident.map(open -> open.trying(group.device(), Rung.STEER));
        draft.note(
                NoteKind.STEP,
                Optional.empty(),
                "steer " + endpoints.size() + (endpoints.size() == 1 ? " tunnel" : " tunnels") + " of " + group.device()
                        + " to " + group.to());
        draft.act(new Action.Steer(repair, device.facts(), endpoints, group.to()));
        repairs.readSoon(device);
    }

    /**
     * A rung failed. Where it was this one, the way that was tried proved nothing.
     *
     * @return whether that is dealt with; else the ladder goes on
     */
    boolean failed(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        Steered steered = live(id);
        if (tunnel == null
                || steered == null
                || !(tunnel.standing() instanceof Repairing repairing)
                || repairing.attempt().rung() != Rung.STEER) {
            return false;
        }
        Optional<Uplink> next = candidate(tunnel, steered.tried())
                .filter(way -> !way.carries(
                        steered.from().interfaceIndex(),
                        steered.from().gateway(),
                        steered.from().source()));
        if (next.isPresent()) {
            steer(new Group(id.device(), next.get()), List.of(id));
            return true;
        }
        boolean dead = way(draft, steered.from())
                        .map(this::health)
                        .orElse(UplinkHealth.NONE)
                        .state()
                == State.DEAD;
        withdraw(List.of(id), "no other uplink carries it");
        if (dead) {
            TunnelState now = draft.tunnel(id);
            if (now != null) {
                draft.put(
                        id,
                        now.with(new Stranded(
                                draft.now,
                                repairing.damage(),
                                Optional.of(steered.from()),
                                "no uplink carries it",
                                false,
                                Attempt.NONE)));
            }
        }
        return dead;
    }

    /** The ways out are others than before. */
    void waysChanged() {
        lookAgain();
        var lost = new ArrayList<TunnelId>();
        draft.steered().forEach((id, steered) -> {
            if (!draft.ways.contains(steered.to()) || draft.steersNot.isPresent()) {
                lost.add(id);
            }
        });
        withdraw(lost, draft.steersNot.orElse("the way is gone"));
    }

    /** There may be a way for those that found none. */
    void lookAgain() {
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelState tunnel = draft.tunnels().valueAt(i);
            if (tunnel.standing() instanceof Stranded stranded
                    && isDead(tunnel)
                    && stranded.steerFrom() == Attempt.NONE
                    && candidate(tunnel).isPresent()) {
                draft.putAt(i, tunnel.with(stranded.steerFrom(draft.now)));
            }
        }
    }

    /** Whether it has a way, and that carries nothing. */
    private boolean isDead(TunnelState tunnel) {
        return tunnel.path().orElse(null) instanceof Path.Via via
                && (draft.dead.contains(via.interfaceIndex())
                        || Upstream.health(draft, tunnel).state() == State.DEAD);
    }

    private void withdrawDue() {
        var back = new ArrayList<TunnelId>();
        draft.steered().forEach((id, steered) -> {
            TunnelState tunnel = draft.tunnel(id);
            boolean rests = tunnel == null || !tunnel.standing().open();
            if (rests && !steered.leaving() && mayReturn(draft, steered.from(), steered.byLink(), steered.since())) {
                back.add(id);
            }
        });
        withdraw(back, "the uplink before has answered for long enough");
    }

    /**
     * Whether the way before can be trusted again.
     *
     * @param byLink it was left because its interface died
     * @param since when it was left, monotonic nanoseconds
     */
    static boolean mayReturn(Draft draft, Path.Via from, boolean byLink, long since) {
        Optional<Uplink> way = way(draft, from);
        if (way.isEmpty() || draft.dead.contains(way.get().interfaceIndex())) {
            return false;
        }
        boolean same = way.get().carries(from.interfaceIndex(), from.gateway(), from.source());
        UplinkHealth health = health(draft, way.get());
        return switch (health.state()) {
            case ALIVE -> same || draft.now - health.since() >= draft.config.probation();
            // No server ever answered there. What went with its cable comes back with it; what went silent may not.
            case UNKNOWN -> byLink && draft.now - since >= draft.config.probation();
            case SUSPECT, DEAD, PROBATION -> false;
        };
    }

    /** The way before, or what is there instead since its address changed. */
    private static Optional<Uplink> way(Draft draft, Path.Via from) {
        return draft.ways.stream()
                .filter(way -> way.interfaceIndex() == from.interfaceIndex()
                        && way.family() == from.source().family())
                .min(Comparator.comparing(way -> !way.carries(from.interfaceIndex(), from.gateway(), from.source())));
    }

    /** Tunnels leave as the kernel would have them without us; where that is another way, the change is a sign of its own. */
    void withdraw(List<TunnelId> tunnels, String why) {
        Map<String, List<Endpoint>> endpoints = new TreeMap<>();
        for (TunnelId id : tunnels) {
            Steered steered = draft.steered().get(id);
            if (steered != null && !steered.leaving()) {
                draft.put(id, steered.nowLeaving());
                endpoints
                        .computeIfAbsent(id.device(), name -> new ArrayList<>())
                        .add(steered.endpoint());
            }
        }
        endpoints.forEach((name, of) -> {
            DeviceState device = draft.device(name);
            draft.opening = "steering of " + name + " ends: " + why;
            if (draft.incident.isPresent()) {
                draft.note(NoteKind.STEP, Optional.empty(), draft.opening);
            }
            if (device != null) {
                draft.act(new Action.Unsteer(draft.repairNumber(), device.facts(), of));
            }
        });
    }
}
