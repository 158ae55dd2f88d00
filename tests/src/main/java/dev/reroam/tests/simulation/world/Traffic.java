package dev.reroam.tests.simulation.world;

import dev.reroam.tests.simulation.world.Message.Inner;
import dev.reroam.tests.simulation.world.Message.Kind;

/** What people send through one tunnel. Confined to its run's thread. */
public final class Traffic {

    /** In which manner. */
    public enum Pattern {
        NONE,
        BOTH_WAYS,
        /** Some seconds of it, then a pause ten times as long. */
        BURSTS,
        ONLY_OUT,
        ONLY_IN
    }

    private static final int BYTES = 100;
    private static final int OF_A_BURST = 30;

    private final VirtualTime time;
    private final Chance chance;
    private final WgPeer near;
    private final FarHost far;
    private final Pattern pattern;
    private final long every;
    private int sent;

    Traffic(VirtualTime time, Chance chance, WgPeer near, FarHost far, Pattern pattern, long every) {
        this.time = time;
        this.chance = chance;
        this.near = near;
        this.far = far;
        this.pattern = pattern;
        this.every = every;
    }

    void start() {
        if (pattern != Pattern.NONE) {
            time.in(chance.between(0, every), this::send);
        }
    }

    private void send() {
        var inner = new Inner(Kind.TRAFFIC, ++sent, BYTES);
        if (pattern != Pattern.ONLY_IN) {
            near.send(inner);
        }
        if (pattern != Pattern.ONLY_OUT && far.online()) {
            far.peer().send(inner);
        }
        boolean pauses = pattern == Pattern.BURSTS && sent % OF_A_BURST == 0;
        time.in(pauses ? every * OF_A_BURST * 10 : every, this::send);
    }
}
