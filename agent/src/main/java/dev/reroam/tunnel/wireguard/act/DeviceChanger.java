package dev.reroam.tunnel.wireguard.act;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * Changes one device. Confined to the agent loop, where the futures complete; what goes wrong is a {@link NotDone}.
 */
interface DeviceChanger {

    /** What the device is now. */
    CompletableFuture<WireGuardDevice> read();

    /**
     * Clears stale sources and sends each peer one packet, leaving everything as it is.
     *
     * @param now the device as it was just read
     * @param peers none: clear the sources only, see {@link #clearsAllSources}
     */
    CompletableFuture<Void> refresh(WireGuardDevice now, List<WireGuardNudge> peers);

    /** Goes the way of a refresh without effect. */
    CompletableFuture<Void> rehearse(RandomGenerator random);

    /** Sets the port; 0 picks a fresh one. */
    CompletableFuture<Void> listenPort(int port);

    /** Sets a peer's keepalive; a peer that is gone is passed over. */
    CompletableFuture<Void> keepalive(WireGuardDevice now, WireGuardKey peer, int seconds);

    /** Sets where a peer is; a peer that is gone is passed over. Sends nothing by itself. */
    CompletableFuture<Void> endpoint(WireGuardKey peer, Endpoint endpoint);

    /** Whether setting the port that is set already opens the sockets anew. */
    boolean samePortReopens();

    /** Whether a refresh reaches the peers that it does not name, too. */
    boolean clearsAllSources();
}
