package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tests.simulation.world.Box;
import dev.reroam.tests.simulation.world.Kernel;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.Set;

/**
 * Steers, and has flows forgotten, as {@code SteerRepairs} and {@code FlowRepairs} do. One life's, but for what the guardian does
 * after it.
 */
final class SteerHands {

    /** Given: what a dead agent steered is withdrawn within 10 s. */
    private static final long GUARDIAN = 10 * VirtualTime.SECOND;

    private final Box box;
    private final VirtualTime time;

    SteerHands(Box box, VirtualTime time) {
        this.box = box;
        this.time = time;
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

    /** The agent stops, or another one starts. */
    void withdraw() {
        box.unsteerAll();
    }

    /** The agent was killed: the guardian withdraws for it. */
    void killed(Runnable later) {
        time.in(GUARDIAN, later);
    }
}
