package dev.reroam.linux.wireguard;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpPrefix;
import java.util.List;
import java.util.Optional;

/**
 * One peer as a dump tells it. Immutable. Never holds the preshared key.
 *
 * @param endpoint empty while the far side has no known address, and for an address that means something on one link only
 *     (an IPv6 scope): its way is that link, whatever the uplinks do
 * @param keepaliveSeconds persistent keepalive, 0 when off
 * @param handshakeSeconds whole seconds since 1970 of CLOCK_REALTIME when the last handshake completed; 0 with 0
 *     nanoseconds: never
 * @param handshakeNanos the rest of that stamp, 0 to 999,999,999
 */
public record WireGuardPeer(
        WireGuardKey publicKey,
        Optional<Endpoint> endpoint,
        int keepaliveSeconds,
        long handshakeSeconds,
        int handshakeNanos,
        long receivedBytes,
        long sentBytes,
        List<IpPrefix> allowedIps) {

    public WireGuardPeer {
        if (keepaliveSeconds < 0 || keepaliveSeconds > 0xffff) {
            throw new IllegalArgumentException("keepalive of " + keepaliveSeconds + " s");
        }
        if (handshakeSeconds < 0 || handshakeNanos < 0 || handshakeNanos > 999_999_999) {
            throw new IllegalArgumentException("handshake at " + handshakeSeconds + " s + " + handshakeNanos + " ns");
        }
        allowedIps = List.copyOf(allowedIps);
    }

    /** Whether a handshake was ever completed. */
    public boolean shookHands() {
        return handshakeSeconds != 0 || handshakeNanos != 0;
    }
}
