package dev.reroam.tests.simulation;

import dev.reroam.recovery.Observation;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.WgDevice;
import dev.reroam.tests.simulation.world.WgPeer;
import java.util.function.Consumer;

/** Reads the counters of one device's interface as {@code TrafficWatch} does: each second, ten times while there is traffic. */
final class TrafficEye {

    private static final long SLOW = VirtualTime.SECOND;
    private static final long FAST = SLOW / 10;
    private static final long TRAFFIC = 4;

    private final Life life;
    private final WgDevice device;
    private final Consumer<Observation> brain;
    private long basePackets;
    private long baseAt;
    private boolean fast;

    TrafficEye(Life life, WgDevice device, Consumer<Observation> brain) {
        this.life = life;
        this.device = device;
        this.brain = brain;
        baseAt = life.now();
    }

    void start() {
        life.in(SLOW, this::read);
    }

    private void read() {
        if (device.up()) {
            long received = 0;
            long sent = 0;
            long bytes = 0;
            for (WgPeer peer : device.peers()) {
                received += peer.counted().receivedPackets();
                sent += peer.counted().sentPackets();
                bytes += peer.counted().sentBytes();
            }
            pace(received + sent);
            brain.accept(new Observation.TrafficSeen(device.name(), received, sent, bytes));
        }
        life.in(fast ? FAST : SLOW, this::read);
    }

    private void pace(long packets) {
        if (!fast || life.now() - baseAt >= SLOW) {
            fast = packets - basePackets >= TRAFFIC;
            basePackets = packets;
            baseAt = life.now();
        }
    }
}
