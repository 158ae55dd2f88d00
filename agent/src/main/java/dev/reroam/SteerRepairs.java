package dev.reroam;

import dev.reroam.config.Mode;
import dev.reroam.config.SteerPolicy;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.loop.Alarm;
import dev.reroam.network.NetworkState;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.steer.Footing;
import dev.reroam.steer.LostFooting;
import dev.reroam.steer.SteerOutcome;
import dev.reroam.steer.SteerPlan;
import dev.reroam.steer.Steerer;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.tinylog.Logger;

/**
 * Performs what the brain wishes of steering. Confined to the agent's loop.
 *
 * <p>What somebody else takes away is seen as a changed path, as everybody's doing is.
 */
final class SteerRepairs implements AutoCloseable {

    private final Clock clock;
    private final RouteSocket rules;
    private final SteerGround ground;
    private final Steerer steerer;
    private final Alarm footingLost;
    private LostFooting lost = LostFooting.NONE;
    private Footing footing = new Footing(Set.of(), false);

    SteerRepairs(Mode mode, SteerPolicy policy, EventLoop loop, Clock clock, RouteSocket rules, Steerer steerer) {
        this.clock = clock;
        this.rules = rules;
        this.ground = new SteerGround(mode, policy, rules::rules, steerer::prepare);
        this.steerer = steerer;
        this.footingLost = new Alarm(loop, clock, this::onFootingLost);
    }

    /** For the steerer: what was taken away is seen as a changed path, too. */
    static void onLost(Set<Endpoint> endpoints, String why) {
        Logger.warn("{} are not steered any more: {}", endpoints, why);
    }

    /** Takes back what a run before this one left. */
    void sweep() {
        if (steerer.sweep() instanceof SteerOutcome.Refused refused) {
            Logger.warn("what an earlier run steered cannot be taken back: {}", refused);
        }
    }

    /** Why nothing is steered here; empty where it may be. */
    Optional<String> not(SteerGround.Moment now) {
        return ground.not(now);
    }

    void perform(Action.Steer asked, Consumer<RepairOutcome> then) {
        var left = new ArrayList<>(asked.endpoints());
        next(left, asked, then);
    }

    private void next(List<Endpoint> left, Action.Steer asked, Consumer<RepairOutcome> then) {
        if (left.isEmpty()) {
            watchFooting();
            then.accept(new RepairOutcome.Done());
            return;
        }
        var endpoint = left.removeFirst();
        if (!SteerPlan.canBeSteered(endpoint)) {
            then.accept(new RepairOutcome.Refused("steer " + endpoint, "EINVAL", "no uplink makes a difference to it"));
            return;
        }
        steerer.steer(endpoint, asked.to(), outcome -> {
            if (outcome instanceof SteerOutcome.Refused refused) {
                then.accept(new RepairOutcome.Refused(refused.operation(), refused.errno(), refused.message()));
            } else {
                next(left, asked, then);
            }
        });
    }

    void perform(Action.Unsteer asked, Consumer<RepairOutcome> then) {
        RepairOutcome last = new RepairOutcome.Done();
        for (var endpoint : asked.endpoints()) {
            if (steerer.withdraw(endpoint) instanceof SteerOutcome.Refused refused) {
                last = new RepairOutcome.Refused(refused.operation(), refused.errno(), refused.message());
            }
        }
        watchFooting();
        then.accept(last);
    }

    /** The picture of the network is another one. */
    void onNetwork(NetworkState state, Set<Integer> tunnels) {
        if (!steerer.standing().isEmpty()) {
            steerer.check();
        }
        footing = Footing.of(state, tunnels);
        watchFooting();
    }

    private void watchFooting() {
        if (steerer.standing().isEmpty()) {
            lost = LostFooting.NONE;
            footingLost.cancel();
            return;
        }
        lost = lost.after(footing, clock.monotonicNanos());
        var due = lost.dueAt(families());
        if (due.isPresent()) {
            footingLost.setAt(due.getAsLong());
        } else {
            footingLost.cancel();
        }
    }

    private Set<IpFamily> families() {
        return steerer.standing().ways().keySet().stream()
                .map(endpoint -> endpoint.address().family())
                .collect(Collectors.toSet());
    }

    private void onFootingLost() {
        var due = lost.due(clock.monotonicNanos());
        for (var endpoint : List.copyOf(steerer.standing().ways().keySet())) {
            if (due.contains(endpoint.address().family())) {
                Logger.warn("{} is not steered any more: the box lost its default route or its LAN", endpoint);
                steerer.withdraw(endpoint);
            }
        }
    }

    /** Lets everything leave as the kernel would have it without us. */
    void giveBack() {
        if (steerer.withdrawAll() instanceof SteerOutcome.Refused refused) {
            Logger.warn("what was steered cannot be taken back: {}", refused);
        }
    }

    @Override
    public void close() {
        footingLost.close();
        steerer.close();
        rules.close();
    }
}
