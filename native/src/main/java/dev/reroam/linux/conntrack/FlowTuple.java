package dev.reroam.linux.conntrack;

import dev.reroam.linux.ip.Endpoint;

/**
 * What the packets of one direction of a flow look like. Immutable.
 *
 * @param protocol linux/in.h {@code IPPROTO_*}, one that has ports
 * @param zone of this direction alone; 0 where there is none, which is nearly always
 */
public record FlowTuple(int protocol, Endpoint source, Endpoint destination, int zone) {

    /** linux/in.h {@code IPPROTO_UDP} */
    public static final int UDP = 17;

    public FlowTuple {
        if (source.address().family() != destination.address().family()) {
            throw new IllegalArgumentException("families differ: " + source + ", " + destination);
        }
        if (protocol < 0 || protocol > 0xff) {
            throw new IllegalArgumentException("protocol " + protocol);
        }
        if (zone < 0 || zone > 0xffff) {
            throw new IllegalArgumentException("zone " + zone);
        }
    }

    /** UDP packets without a zone of their own. */
    public static FlowTuple udp(Endpoint source, Endpoint destination) {
        return new FlowTuple(UDP, source, destination, 0);
    }

    /** What people read: {@code 192.0.2.7:51820 -> 198.51.100.9:51820}. */
    @Override
    public String toString() {
        return source + " -> " + destination;
    }
}
