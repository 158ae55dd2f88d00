package dev.reroam.flow;

import dev.reroam.uplink.Uplink;
import java.util.List;

/**
 * For which tunnel stale flows are to be forgotten, and all that they are judged by. Immutable and complete.
 *
 * @param path the kernel's answer for the peer: the way and the source that a fresh packet takes
 * @param uplinks all that are known; the path may be among them
 * @param own our addresses now
 * @param all whether also those are to go that fit the way: its packets are to begin a new flow
 */
public record ForgetRequest(TunnelEnds tunnel, Uplink path, List<Uplink> uplinks, List<OwnAddress> own, boolean all) {

    /** For the stale ones alone. */
    public ForgetRequest(TunnelEnds tunnel, Uplink path, List<Uplink> uplinks, List<OwnAddress> own) {
        this(tunnel, path, uplinks, own, false);
    }

    public ForgetRequest {
        uplinks = List.copyOf(uplinks);
        own = List.copyOf(own);
        if (path.family() != tunnel.family()) {
            throw new IllegalArgumentException("no way for " + tunnel + ": " + path);
        }
    }
}
