package dev.reroam.tunnel.wireguard.see;

/** Ports from {@code first} to {@code last}, both included. Immutable. */
record PortRange(int first, int last) {

    /** No port. */
    static final PortRange NONE = new PortRange(1, 0);

    boolean contains(int port) {
        return first <= port && port <= last;
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
