package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A machine that a WireGuard device stands on. Confined to its run's thread. */
public interface Host {

    /**
     * Sends a packet from a device's port.
     *
     * @param sticky what the peer sends from until it is cleared; null for whatever the kernel chooses
     * @return what to send from next time; empty where the sticky source was of no use, and is to be forgotten
     */
    Optional<Sticky> send(WgDevice device, @Nullable Sticky sticky, Endpoint to, Message message);

    /** What its people do with a packet that came through a tunnel. */
    void inner(WgPeer peer, Message.Inner inner);
}
