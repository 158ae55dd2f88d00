package dev.reroam;

import dev.reroam.flow.FlowForgetter;
import dev.reroam.flow.FlowOutcome;
import dev.reroam.flow.ForgetRequest;
import dev.reroam.flow.OwnAddress;
import dev.reroam.flow.StaleFlow;
import dev.reroam.flow.TunnelEnds;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Path;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tinylog.Logger;

/** Performs the forgetting of flows that the brain wishes, one tunnel after the other. Confined to the agent's loop. */
final class FlowRepairs implements AutoCloseable {

    private final Executor loop;
    private final FlowForgetter forgetter;
    private final Supplier<Ours> ours;

    /** What a flow is held against. */
    record Ours(List<Uplink> uplinks, List<OwnAddress> addresses) {}

    /** @param ours our ways out and addresses at the moment */
    FlowRepairs(Executor loop, FlowForgetter forgetter, Supplier<Ours> ours) {
        this.loop = loop;
        this.forgetter = forgetter;
        this.ours = ours;
    }

    /** @param freed is told, before the end, over which ways packets go now that bore a stale address */
    void perform(Action.ForgetFlows asked, Consumer<List<Uplink>> freed, Consumer<RepairOutcome> then) {
        if (asked.device().listenPort() == 0) {
            then.accept(new RepairOutcome.NotNeeded("the device has no port"));
            return;
        }
        next(asked, new ArrayList<>(asked.flows()), new ArrayList<>(), outcome -> {
            if (outcome instanceof RepairOutcome.Done) {
                freed.accept(asked.flows().stream()
                        .map(flow -> way(flow.way()))
                        .distinct()
                        .toList());
            }
            then.accept(outcome);
        });
    }

    /**
     * Has the kernel forget the stale flows of a socket that speaks with many, after what else is done at once; nothing is told of
     * what came of it.
     */
    void perform(Action.ForgetNodeFlows asked) {
        loop.execute(() -> forget(asked));
    }

    private void forget(Action.ForgetNodeFlows asked) {
        var now = ours.get();
        for (var way : asked.ways()) {
            var ends = new TunnelEnds(Set.of(asked.port()), way.family(), Optional.empty());
            forgetter.forget(new ForgetRequest(ends, way, now.uplinks(), now.addresses()), () -> true, outcome -> {
                if (outcome instanceof FlowOutcome.Forgotten done) {
                    done.flows().forEach(flow -> Logger.info("forgotten: {}", flow));
                } else {
                    Logger.debug("flows of port {}: {}", asked.port(), outcome);
                }
            });
        }
    }

    /** Has the kernel forget all flows of these peers, stale or not. Where it cannot, its own timers do. */
    void renew(DeviceFacts device, List<Action.PeerFlow> flows, Runnable then) {
        var left = new ArrayList<>(flows);
        if (left.isEmpty()) {
            then.run();
            return;
        }
        forgetter.forget(request(device, left.removeFirst(), true), () -> true, outcome -> {
            Logger.debug("flows begin anew: {}", outcome);
            renew(device, left, then);
        });
    }

    private ForgetRequest request(DeviceFacts device, Action.PeerFlow flow, boolean all) {
        var ends = new TunnelEnds(Set.of(device.listenPort()), flow.endpoint());
        var now = ours.get();
        return new ForgetRequest(ends, way(flow.way()), now.uplinks(), now.addresses(), all);
    }

    private void next(
            Action.ForgetFlows asked,
            List<Action.PeerFlow> left,
            List<StaleFlow> forgotten,
            Consumer<RepairOutcome> then) {
        if (left.isEmpty()) {
            forgotten.forEach(flow -> Logger.info("forgotten: {}", flow));
            then.accept(
                    forgotten.isEmpty()
                            ? new RepairOutcome.NotNeeded("the kernel remembers no stale flow of it")
                            : new RepairOutcome.Done());
            return;
        }
        var flow = left.removeFirst();
        forgetter.forget(request(asked.device(), flow, false), () -> true, outcome -> {
            switch (outcome) {
                case FlowOutcome.Forgotten done -> {
                    forgotten.addAll(done.flows());
                    next(asked, left, forgotten, then);
                }
                case FlowOutcome.NothingStale nothing -> next(asked, left, forgotten, then);
                case FlowOutcome.NotWanted not -> next(asked, left, forgotten, then);
                case FlowOutcome.NoTracking none ->
                    then.accept(new RepairOutcome.NotNeeded("this kernel remembers no flows"));
                case FlowOutcome.Refused refused -> {
                    // One rung less; those above it may help all the same.
                    Logger.warn("flows cannot be forgotten: {}", refused);
                    then.accept(new RepairOutcome.NotNeeded(
                            refused.operation() + " was refused: " + refused.errno() + " " + refused.message()));
                }
            }
        });
    }

    private static Uplink way(Path.Via via) {
        return new Uplink(via.interfaceIndex(), via.interfaceName(), via.gateway(), via.source());
    }

    @Override
    public void close() {
        forgetter.close();
    }
}
