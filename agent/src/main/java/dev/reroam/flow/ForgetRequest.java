package dev.reroam.flow;

import dev.reroam.uplink.Uplink;
import java.util.List;

/**
 * For which tunnel stale flows are to be forgotten, and all that they are judged by. Immutable and complete.
 *
 * @param path the kernel's answer for the peer: the way and the source that a fresh packet takes
 * @param uplinks all that are known; the path may be among them
 * @param own our addresses now
 */
public record ForgetRequest(TunnelEnds tunnel, Uplink path, List<Uplink> uplinks, List<OwnAddress> own) {

    public ForgetRequest {
        uplinks = List.copyOf(uplinks);
        own = List.copyOf(own);
        if (path.family() != tunnel.peer().address().family()) {
            throw new IllegalArgumentException("no way to " + tunnel.peer() + ": " + path);
        }
    }
}
