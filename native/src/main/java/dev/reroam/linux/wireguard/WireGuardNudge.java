package dev.reroam.linux.wireguard;

import dev.reroam.linux.ip.Endpoint;
import java.util.Optional;

/**
 * One peer that is to be sent a packet at once, so that its far side follows us; nothing about it differs afterwards. Immutable.
 *
 * @param endpoint where it is; the kernel keeps its own, userspace daemons are told it again to make them forget the source
 * @param keepaliveSeconds what it is, and what it will be afterwards; 0 when off
 */
public record WireGuardNudge(WireGuardKey publicKey, Optional<Endpoint> endpoint, int keepaliveSeconds) {

    /** What the keepalive passes through where it is off: turning it on is what sends the packet. */
    public static final int PASSING_KEEPALIVE_SECONDS = 25;

    public WireGuardNudge {
        if (keepaliveSeconds < 0 || keepaliveSeconds > 0xffff) {
            throw new IllegalArgumentException("keepalive of " + keepaliveSeconds + " s");
        }
    }
}
