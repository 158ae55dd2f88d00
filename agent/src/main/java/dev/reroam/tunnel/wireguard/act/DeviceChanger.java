package dev.reroam.tunnel.wireguard.act;

import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Changes one device. Confined to the agent loop, where the futures complete; what goes wrong is a {@link NotDone}.
 */
interface DeviceChanger {

    /** What the device is now. */
    CompletableFuture<WireGuardDevice> read();

    /** Clears stale sources and sends each peer one packet; with no peers only the former, where that can be done. */
    CompletableFuture<Void> refresh(List<WireGuardNudge> peers);

    /** Sets the port; 0 picks a fresh one. */
    CompletableFuture<Void> listenPort(int port);

    /** Sets a peer's keepalive; a peer that is gone is passed over. */
    CompletableFuture<Void> keepalive(WireGuardKey peer, int seconds);

    /** Whether setting the port that is set already opens the sockets anew. */
    boolean samePortReopens();
}
