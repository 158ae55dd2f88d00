package dev.reroam;

import dev.reroam.config.Mode;
import dev.reroam.config.SteerPolicy;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.route.Rule;
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
 * Performs what the brain wishes of steering, and knows where it may not be done. Confined to the agent's loop.
 *
 * <p>What somebody else takes away is seen as a changed path, as everybody's doing is.
 */
final class SteerRepairs implements AutoCloseable {

    private final Mode mode;
    private final SteerPolicy policy;
    private final Clock clock;
    private final RouteSocket rules;
    private final Steerer steerer;
    private final Alarm footingLost;
    private LostFooting lost = LostFooting.NONE;
    private Footing footing = new Footing(Set.of(), false);
    private Optional<String> unable = Optional.empty();
    private boolean prepared;

    SteerRepairs(Mode mode, SteerPolicy policy, EventLoop loop, Clock clock, RouteSocket rules, Steerer steerer) {
        this.mode = mode;
        this.policy = policy;
        this.clock = clock;
        this.rules = rules;
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

    /**
     * Why nothing is steered here; empty where it may be.
     *
     * @param uplinks how many there are of the family that has most
     */
    Optional<String> not(int uplinks) {
        if (mode == Mode.OBSERVE) {
            return Optional.of("mode = \"observe\"");
        }
        if (policy == SteerPolicy.NEVER) {
            return Optional.of("steer = \"never\"");
        }
        if (unable.isPresent()) {
            return unable;
        }
        if (uplinks < 2) {
            return Optional.of("there is one way out only");
        }
        if (!prepared) {
            prepared = true;
            steerer.prepare(problem -> unable = problem);
        }
        return policy == SteerPolicy.ALWAYS ? Optional.empty() : others();
    }

    private Optional<String> others() {
        try {
            for (var family : IpFamily.values()) {
                Optional<String> who = rules.rules(family).stream()
                        .flatMap(rule -> decider(rule).stream())
                        .findFirst();
                if (who.isPresent()) {
                    return who.map(name -> name + " decides here (steer = \"always\" steers all the same)");
                }
            }
            return Optional.empty();
        } catch (LinuxException | MalformedMessageException e) {
            return Optional.of("the rules cannot be read: " + e.getMessage());
        }
    }

    /** Who makes such a rule, of those that send packets by uplinks of their own choice. */
    static Optional<String> decider(Rule rule) {
        int mask = rule.mark().map(Rule.MarkCondition::mask).orElse(0);
        long preference = rule.preference();
        // net/mwan3: mmx_mask 0x3F00 unless configured otherwise; a rule for each of at most 60 interfaces from 2001
        // on.
        if (mask != 0 && preference > 2_000 && preference <= 2_062) {
            return Optional.of("mwan3");
        }
        // net/pbr: fw_mask 00ff0000, its rules just below uplink_ip_rules_priority 30000.
        if (mask == 0x00ff0000 && preference > 29_000 && preference <= 30_000) {
            return Optional.of("pbr");
        }
        return Optional.empty();
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
