package dev.reroam.recovery;

/**
 * What a WireGuard device says of itself. Immutable. Never holds a key that is secret.
 *
 * @param name interface name
 * @param interfaceIndex kernel's number; another number under the same name is another device
 * @param publicKey base64; another key is another device
 * @param mark fwmark of its packets, 0 when none
 * @param restartable whether a person has named who restarts it
 */
public record DeviceFacts(
        String name,
        int interfaceIndex,
        DeviceKind kind,
        String publicKey,
        int listenPort,
        int mark,
        PortUse portUse,
        boolean restartable) {

    /** One that nobody restarts. */
    public DeviceFacts(
            String name,
            int interfaceIndex,
            DeviceKind kind,
            String publicKey,
            int listenPort,
            int mark,
            PortUse portUse) {
        this(name, interfaceIndex, kind, publicKey, listenPort, mark, portUse, false);
    }

    /** The same with another port. */
    public DeviceFacts listening(int port) {
        return new DeviceFacts(name, interfaceIndex, kind, publicKey, port, mark, portUse, restartable);
    }

    /** How the device can be repaired. */
    public enum DeviceKind {
        /** Kernel WireGuard, over generic netlink. */
        KERNEL,
        /** wireguard-go or amneziawg-go, over its UAPI socket. */
        USERSPACE,
        /** Must not or cannot be set (boringtun; owner unknown; no permission): it is only watched. */
        OBSERVED
    }

    /** Whether the listen port may be given up; decided once, in {@code see}, by the design's rule. */
    public enum PortUse {
        /** Nothing names the port, it is ephemeral, and every peer with a handshake has a configured endpoint. */
        FREE,
        /** Named somewhere, or in doubt. */
        FIXED
    }
}
