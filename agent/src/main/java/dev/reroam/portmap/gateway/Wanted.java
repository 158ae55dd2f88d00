package dev.reroam.portmap.gateway;

/**
 * A port of ours that shall be reachable from outside. Immutable.
 *
 * @param internalPort 1 to 65535
 */
public record Wanted(Transport transport, int internalPort) implements Comparable<Wanted> {

    public Wanted {
        if (internalPort < 1 || internalPort > 0xffff) {
            throw new IllegalArgumentException("port " + internalPort);
        }
    }

    /** A UDP port. */
    public static Wanted udp(int port) {
        return new Wanted(Transport.UDP, port);
    }

    @Override
    public int compareTo(Wanted other) {
        int order = transport.compareTo(other.transport);
        return order != 0 ? order : Integer.compare(internalPort, other.internalPort);
    }

    /** Such as {@code udp 51820}. */
    @Override
    public String toString() {
        return (transport == Transport.UDP ? "udp " : "tcp ") + internalPort;
    }
}
