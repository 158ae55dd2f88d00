package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a peer dump says of one peer. Immutable. Never holds a preshared key.
 *
 * @param key public key, base64
 * @param endpoint empty while the far side has no known address
 * @param keepaliveSeconds persistent keepalive, 0 when off
 * @param handshakeAt when the last handshake completed, monotonic nanoseconds; {@link #NEVER} when none was seen. SEE
 *     computes it once per change of WireGuard's wall-clock stamp, never later than the truth allows, so a step of the
 *     wall clock moves nothing
 * @param probe inner address to send an echo to: the configured one, else an inner /32 or /128 of the peer
 * @param lastSeen inner address that the peer was seen to send from; empty where there is a probe. Whoever has it may be gone
 *     or answer nobody
 * @param everything the families of which all packets go to this peer: its allowed IPs have 0.0.0.0/0 or ::/0
 */
public record PeerFacts(
        String key,
        Optional<Endpoint> endpoint,
        int keepaliveSeconds,
        long handshakeAt,
        long receivedBytes,
        long sentBytes,
        Optional<IpAddress> probe,
        Optional<IpAddress> lastSeen,
        Set<IpFamily> everything) {

    public PeerFacts {
        everything = Collections.unmodifiableSet(new TreeSet<>(everything));
    }

    /** No handshake yet. */
    public static final long NEVER = Long.MIN_VALUE;

    /** Where an echo goes. */
    public Optional<IpAddress> echoTarget() {
        return probe.or(() -> lastSeen);
    }

    /** Whether something can be sent through the tunnel that is answered. */
    boolean canBeAsked() {
        return echoTarget().isPresent() || !everything.isEmpty();
    }
}
