package dev.reroam.linux.wireguard;

import java.util.List;
import java.util.Optional;

/**
 * One WireGuard interface as a dump tells it. Immutable. Never holds the private key.
 *
 * @param interfaceIndex the kernel's number
 * @param publicKey empty while the device has no private key
 * @param listenPort UDP port, 0 while none is bound
 * @param mark fwmark of its packets, 0 when none
 * @param peers in the order in which they were first seen
 */
public record WireGuardDevice(
        int interfaceIndex,
        String name,
        Optional<WireGuardKey> publicKey,
        int listenPort,
        int mark,
        List<WireGuardPeer> peers) {

    public WireGuardDevice {
        if (listenPort < 0 || listenPort > 0xffff) {
            throw new IllegalArgumentException("listen port " + listenPort);
        }
        peers = List.copyOf(peers);
    }
}
