package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whose is an address inside the tunnels of a device? The peer's with the longest allowed IP that holds it: WireGuard sends
 * what goes there to no other, and accepts it from no other. Immutable.
 */
final class CryptokeyRouting {

    private final Map<IpPrefix, WireGuardKey> peers = new HashMap<>();

    CryptokeyRouting(Collection<WireGuardPeer> all) {
        all.forEach(peer -> peer.allowedIps().forEach(prefix -> peers.put(prefix, peer.publicKey())));
    }

    /** Empty for an address that no peer has. */
    Optional<WireGuardKey> peer(IpAddress address) {
        for (int length = address.family().bits(); length >= 0; length--) {
            var peer = peers.get(new IpPrefix(address, length));
            if (peer != null) {
                return Optional.of(peer);
            }
        }
        return Optional.empty();
    }
}
