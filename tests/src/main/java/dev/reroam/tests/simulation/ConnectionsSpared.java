package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.tests.simulation.world.Reach;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.Wan;
import dev.reroam.tests.simulation.world.World;
import dev.reroam.uplink.Uplink;
import java.util.HashMap;
import java.util.Map;

/**
 * Connections are ended only over an uplink that carries nothing, or whose address is no longer ours. It has 3 s to be heard
 * before those are whose address is kept, as {@code Redials} gives it. One thread's.
 */
final class ConnectionsSpared implements Watcher {

    private static final long FIRST_LOOK = 3 * VirtualTime.SECOND;
    // One that came back a moment ago may still be taken for dead.
    private static final long SURE = 5 * VirtualTime.SECOND;

    private final World world;
    private final Court court;
    private final Map<Wan, Long> since = new HashMap<>();
    private final Map<Uplink, Long> looks = new HashMap<>();

    ConnectionsSpared(World world, Court court) {
        this.world = world;
        this.court = court;
    }

    @Override
    public void onEnd() {
        looks.clear();
    }

    @Override
    public void onStep(RecoveryState before, Observation observation, long now, Step step) {
        for (Wan wan : world.box().wans()) {
            if (Reach.passes(wan) && wan.routed()) {
                since.putIfAbsent(wan, now);
            } else {
                since.remove(wan);
            }
        }
        for (Action action : step.actions()) {
            if (action instanceof Action.EndConnections ended) {
                lookLater(ended.uplink(), now + FIRST_LOOK);
            } else if (action instanceof Action.SpareConnections spared) {
                looks.remove(spared.uplink());
            }
        }
    }

    private void lookLater(Uplink uplink, long at) {
        looks.put(uplink, at);
        world.time().at(at, () -> {
            if (looks.remove(uplink, at)) {
                look(uplink, at);
            }
        });
    }

    private void look(Uplink uplink, long now) {
        world.box().wans().stream()
                .filter(wan -> wan.index() == uplink.interfaceIndex()
                        && wan.address().equals(uplink.source())
                        && wan.routed()
                        && Reach.passes(wan)
                        && since.containsKey(wan)
                        && now - since.get(wan) >= SURE)
                .forEach(wan -> court.violation("spared", wan.name() + " carries, and its connections end"));
    }
}
