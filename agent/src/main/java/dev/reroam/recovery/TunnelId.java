package dev.reroam.recovery;

/**
 * A tunnel: one peer of one WireGuard device. Immutable.
 *
 * @param device interface name
 * @param peer the peer's public key, base64
 */
public record TunnelId(String device, String peer) implements Comparable<TunnelId> {

    @Override
    public int compareTo(TunnelId other) {
        int order = device.compareTo(other.device);
        return order != 0 ? order : peer.compareTo(other.peer);
    }

    /** What people read: the device and the start of the key. */
    @Override
    public String toString() {
        return device + "/" + peer.substring(0, Math.min(8, peer.length()));
    }
}
