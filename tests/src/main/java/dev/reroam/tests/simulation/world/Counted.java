package dev.reroam.tests.simulation.world;

import dev.reroam.tests.simulation.world.Message.Data;
import dev.reroam.tests.simulation.world.Message.Kind;

/**
 * What an interface counts of one peer. Confined to its run's thread. The kernel's device counts every packet of the tunnel as
 * it is outside; the TUN of a daemon only what is inside.
 */
public final class Counted {

    private long receivedPackets;
    private long sentPackets;
    private long sentBytes;

    public long receivedPackets() {
        return receivedPackets;
    }

    public long sentPackets() {
        return sentPackets;
    }

    public long sentBytes() {
        return sentBytes;
    }

    void received(Message message, boolean kernel) {
        receivedPackets += kernel || isFilled(message) ? 1 : 0;
    }

    void sent(Message message, boolean kernel) {
        if (kernel || isFilled(message)) {
            sentPackets++;
            sentBytes += message.bytes();
        }
    }

    private static boolean isFilled(Message message) {
        return message instanceof Data data && data.inner().kind() != Kind.KEEPALIVE;
    }
}
