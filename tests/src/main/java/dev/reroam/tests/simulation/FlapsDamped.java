package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Evidence;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Standing;
import dev.reroam.recovery.Step;
import dev.reroam.recovery.TunnelId;
import dev.reroam.recovery.TunnelState;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A tunnel is led away and back at once only once in 10 s: for two changes of its way, each of which left one that works. The third
 * must have held for a second, and each further one for twice as long. One thread's.
 */
final class FlapsDamped implements Watcher {

    private static final long WINDOW = 10 * VirtualTime.SECOND;
    private static final int THERE_AND_BACK = 2;
    private static final long HELD = VirtualTime.SECOND;
    // The kernel's answer, and the second packet of the refresh.
    private static final long STEERED = VirtualTime.SECOND / 10;

    private final Court court;
    // The way that each tunnel was last led to, and when it was.
    private final Map<TunnelId, Path.Via> ledTo = new HashMap<>();
    private final Map<TunnelId, ArrayDeque<Long>> led = new HashMap<>();
    private final Map<TunnelId, Long> pathSince = new HashMap<>();
    // Had no way, or was given up, or lost one that it may have been on, as its path changed.
    private final Set<TunnelId> fallen = new HashSet<>();
    // Who is steered goes where we lead it, which has limits of its own.
    private final Map<TunnelId, Long> steeredAt = new HashMap<>();

    FlapsDamped(Court court) {
        this.court = court;
    }

    @Override
    public void onStart() {
        ledTo.clear();
        led.clear();
    }

    @Override
    public void onStep(RecoveryState before, Observation observation, long now, Step step) {
        if (observation instanceof Observation.PathsSeen seen) {
            for (Observation.PathAnswer answer : seen.answers()) {
                TunnelState known = before.tunnels().get(answer.tunnel());
                if (known == null || !known.path().equals(Optional.of(answer.path()))) {
                    pathSince.put(answer.tunnel(), now);
                    if (known != null && stood(before, answer.tunnel()) && !isRenewed(known, answer.path())) {
                        fallen.remove(answer.tunnel());
                    } else {
                        fallen.add(answer.tunnel());
                    }
                }
            }
        }
        if (observation instanceof Observation.DeviceGone gone) {
            // One that comes back under the name is another one, and has no past.
            ledTo.keySet().removeIf(id -> id.device().equals(gone.device()));
            led.keySet().removeIf(id -> id.device().equals(gone.device()));
        }
        for (Action action : step.actions()) {
            if (action instanceof Action.Steer steer) {
                steered(steer.device(), step.state(), now);
            } else if (action instanceof Action.Unsteer unsteer) {
                steered(unsteer.device(), step.state(), now);
            } else if (action instanceof Action.Refresh refresh) {
                refresh.peers().forEach(peer -> {
                    var id = new TunnelId(refresh.device().name(), peer.key());
                    TunnelState tunnel = step.state().tunnels().get(id);
                    if (tunnel != null && tunnel.path().orElse(null) instanceof Path.Via via) {
                        Path.Via left = ledTo.put(id, via);
                        boolean moved = left != null && left.interfaceIndex() != via.interfaceIndex();
                        boolean steered = now - steeredAt.getOrDefault(id, now - STEERED) < STEERED;
                        boolean leftNothing = fallen.contains(id) || !stood(before, id);
                        if (left != null && moved && !steered && !leftNothing && forItsPath(tunnel)) {
                            led(id, mayHaveUsed(before, id, left), step.state(), now);
                        }
                    }
                });
            }
        }
    }

    /** Not by the endpoint: one that moved is let go of by the former. */
    private void steered(DeviceFacts device, RecoveryState state, long now) {
        state.tunnels().keySet().stream()
                .filter(id -> id.device().equals(device.name()))
                .forEach(id -> steeredAt.put(id, now));
    }

    /** Whether an uplink that it may have been on leads another way than before. */
    private static boolean isRenewed(TunnelState tunnel, Path path) {
        return tunnel.standing() instanceof Standing.Held held
                && path instanceof Path.Via via
                && held.using().contains(via.interfaceIndex())
                && !tunnel.swings().ways().contains(via);
    }

    private static boolean forItsPath(TunnelState tunnel) {
        return tunnel.standing()
                .damaged()
                .filter(damage -> damage.evidence() == Evidence.PATH_CHANGED)
                .isPresent();
    }

    /** One that had no way, or was given up, leaves nothing that works. */
    private static boolean stood(RecoveryState before, TunnelId id) {
        TunnelState tunnel = before.tunnels().get(id);
        return tunnel != null
                && !(tunnel.standing() instanceof Standing.GivenUp)
                && !(tunnel.standing() instanceof Standing.Stranded);
    }

    /** Nobody knows by which way one left that was led to one and never answered there: FlapTest has that from the other side. */
    private static Set<Integer> mayHaveUsed(RecoveryState before, TunnelId id, Path.Via left) {
        TunnelState tunnel = before.tunnels().get(id);
        return tunnel != null && tunnel.standing() instanceof Standing.Held held
                ? held.using()
                : Set.of(left.interfaceIndex());
    }

    private void led(TunnelId id, Set<Integer> left, RecoveryState state, long now) {
        boolean broken = left.stream()
                .anyMatch(one -> state.dead().contains(one) || state.disturbed().containsKey(one));
        if (broken) {
            return;
        }
        var times = led.computeIfAbsent(id, none -> new ArrayDeque<>());
        times.removeIf(at -> now - at >= WINDOW);
        times.add(now);
        int beyond = times.size() - THERE_AND_BACK;
        long held = now - pathSince.getOrDefault(id, now);
        if (beyond > 0 && held < HELD << (beyond - 1)) {
            court.violation(
                    "flaps",
                    id + " is led to another uplink, number " + times.size() + " in 10 s, which held " + held + " ns");
        }
    }
}
