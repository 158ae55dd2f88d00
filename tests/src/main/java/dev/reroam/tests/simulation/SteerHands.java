package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tests.simulation.world.Box;
import dev.reroam.tests.simulation.world.Chance;
import dev.reroam.tests.simulation.world.Kernel;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.Set;

/**
 * Steers, has flows forgotten and ports rewritten, as {@code SteerRepairs}, {@code FlowRepairs} and {@code PortRewrites} do. One life's, but for what the guardian does
 * after it.
 */
final class SteerHands {

    /** Given: what a dead agent steered is withdrawn within 10 s. */
    private static final long GUARDIAN = 10 * VirtualTime.SECOND;

    private final Box box;
    private final VirtualTime time;
    private final Chance ports;

    SteerHands(Box box, VirtualTime time, Chance ports) {
        this.box = box;
        this.time = time;
        this.ports = ports;
    }

    RepairOutcome perform(Action.ForgetFlows asked) {
        return box.forget(asked.device().listenPort())
                ? new RepairOutcome.Done()
                : new RepairOutcome.NotNeeded("the kernel remembers no stale flow of it");
    }

    RepairOutcome perform(Action.Steer asked, Kernel kernel) {
        asked.endpoints().forEach(endpoint -> box.steer(endpoint, asked.to().interfaceIndex()));
        kernel.changed("a routing rule new", Set.of(), false);
        return new RepairOutcome.Done();
    }

    RepairOutcome perform(Action.Unsteer asked, Kernel kernel) {
        asked.endpoints().forEach(box::unsteer);
        kernel.changed("a routing rule gone", Set.of(), false);
        return new RepairOutcome.Done();
    }

    RepairOutcome perform(Action.RewriteSourcePorts asked) {
        asked.flows().forEach(flow -> box.rewrite(packets(asked.device(), flow), (int) ports.between(33_000, 60_000)));
        return new RepairOutcome.Done();
    }

    RepairOutcome perform(Action.RestoreSourcePorts asked) {
        asked.flows().forEach(flow -> box.restore(packets(asked.device(), flow)));
        return new RepairOutcome.Done();
    }

    private static Box.Rewrite packets(DeviceFacts device, Action.PeerFlow flow) {
        return new Box.Rewrite(flow.way().interfaceIndex(), device.listenPort(), flow.endpoint());
    }

    /** The agent stops, or another one starts. */
    void withdraw() {
        box.unsteerAll();
        box.restoreAll();
    }

    /** The agent was killed: the guardian withdraws for it. */
    void killed(Runnable later) {
        time.in(GUARDIAN, later);
    }
}
