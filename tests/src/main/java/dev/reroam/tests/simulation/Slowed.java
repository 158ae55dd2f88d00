package dev.reroam.tests.simulation;

import dev.reroam.tests.simulation.world.Conditions;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.Wan;
import dev.reroam.tests.simulation.world.World;
import java.util.HashMap;
import java.util.Map;

/**
 * Lines that became so slow that they are as silent as dead ones for longer than anybody may wait who is to leave a dead one in
 * 700 ms. That a tunnel is steered away from one is no mistake: the other way is proved, and it costs nothing but the way back. It
 * is one that a port is left for it. One thread's.
 */
final class Slowed {

    private static final long LONGER = 300 * VirtualTime.MILLI;
    // What was sent while it was slow may still be on its way.
    private static final long MOMENT = 5 * VirtualTime.SECOND;

    private final World world;
    private final Map<Wan, Long> usual = new HashMap<>();
    private final Map<Wan, Long> slowAt = new HashMap<>();

    Slowed(World world) {
        this.world = world;
        look();
    }

    /** Looks at every line. */
    void look() {
        for (Wan wan : world.box().wans()) {
            Conditions line = wan.conditions();
            long roundTrip = 2 * (line.delay() + line.jitter());
            if (roundTrip - usual.computeIfAbsent(wan, first -> roundTrip) >= LONGER) {
                slowAt.put(wan, world.time().now());
            }
        }
    }

    /** Whether any line is such a one. */
    boolean any() {
        look();
        return slowAt.values().stream().anyMatch(at -> world.time().now() - at < MOMENT);
    }
}
