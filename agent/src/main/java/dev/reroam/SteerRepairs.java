package dev.reroam;

import dev.reroam.config.Mode;
import dev.reroam.config.SteerPolicy;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.route.Rule;
import dev.reroam.loop.Alarm;
import dev.reroam.network.NetworkState;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.NodeFacts;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.NodeSteered;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.steer.Footing;
import dev.reroam.steer.LostFooting;
import dev.reroam.steer.SteerOutcome;
import dev.reroam.steer.Steerer;
import dev.reroam.steer.Subject;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final Consumer<Observation> brain;
    private final Map<Subject, Long> marked = new HashMap<>();
    private final Alarm footingLost;
    private LostFooting lost = LostFooting.NONE;
    private Footing footing = new Footing(Set.of(), false);

    /** Makes the steerer. */
    interface Maker {
        Steerer steerer(Steerer.Listener listener) throws LinuxException;
    }

    /** @param brain is told what became of the node's steering */
    SteerRepairs(
            Mode mode,
            SteerPolicy policy,
            EventLoop loop,
            Clock clock,
            RouteSocket rules,
            Maker maker,
            Consumer<Observation> brain)
            throws LinuxException {
        this.clock = clock;
        this.rules = rules;
        this.brain = brain;
        this.steerer = maker.steerer(this::onLost);
        this.ground = new SteerGround(mode, policy, rules::rules, steerer::prepare);
        this.footingLost = new Alarm(loop, clock, this::onFootingLost);
    }

    /** What was taken away from an endpoint is seen as a changed path, too; of marked packets nobody else would tell. */
    private void onLost(Set<Subject> subjects, String why) {
        Logger.warn("{} are not steered any more: {}", subjects, why);
        subjects.stream()
                .flatMap(subject -> Optional.ofNullable(marked.remove(subject)).stream())
                .forEach(repair -> brain.accept(new NodeSteered(repair, new RepairOutcome.Vanished())));
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
        var subject = new Subject.To(left.removeFirst());
        if (!subject.canBeSteered()) {
            then.accept(new RepairOutcome.Refused("steer " + subject, "EINVAL", "no uplink makes a difference to it"));
            return;
        }
        steerer.steer(subject, asked.to(), outcome -> {
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
            if (steerer.withdraw(new Subject.To(endpoint)) instanceof SteerOutcome.Refused refused) {
                last = new RepairOutcome.Refused(refused.operation(), refused.errno(), refused.message());
            }
        }
        watchFooting();
        then.accept(last);
    }

    void perform(Action.SteerNode asked) {
        var subject = new Subject.Marked(asked.to().family(), new Rule.MarkCondition(asked.value(), asked.mask()));
        marked.put(subject, asked.repair());
        steerer.steer(subject, asked.to(), outcome -> {
            if (!Objects.equals(marked.get(subject), asked.repair())) {
                // Not wanted any more, since before the guardian was there.
                if (steerer.withdraw(subject) instanceof SteerOutcome.Refused refused) {
                    Logger.warn("{} cannot be taken back: {}", subject, refused);
                }
                return;
            }
            if (outcome instanceof SteerOutcome.Refused) {
                marked.remove(subject);
            }
            watchFooting();
            var told = switch (outcome) {
                case SteerOutcome.Done done -> new RepairOutcome.Done();
                case SteerOutcome.Refused refused ->
                    new RepairOutcome.Refused(refused.operation(), refused.errno(), refused.message());
            };
            brain.accept(new NodeSteered(asked.repair(), told));
        });
    }

    void perform(Action.UnsteerNode asked) {
        var subject = new Subject.Marked(asked.family(), new Rule.MarkCondition(asked.value(), asked.mask()));
        marked.remove(subject);
        if (steerer.withdraw(subject) instanceof SteerOutcome.Refused refused) {
            Logger.warn("{} cannot be taken back: {}", subject, refused);
        }
        watchFooting();
    }

    /** By what the node's packets are known, and which way they take. */
    NodeFacts.Marks marks(SteerGround.Moment now, NodeMarks.Paths paths) {
        return NodeMarks.of(ground.notForNode(now), rules::rules, paths);
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
        return steerer.standing().ways().keySet().stream().map(Subject::family).collect(Collectors.toSet());
    }

    private void onFootingLost() {
        var due = lost.due(clock.monotonicNanos());
        for (var subject : List.copyOf(steerer.standing().ways().keySet())) {
            if (due.contains(subject.family())) {
                steerer.withdraw(subject);
                onLost(Set.of(subject), "the box lost its default route or its LAN");
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
