package dev.reroam.linux.conntrack;

/**
 * An entry of connection tracking: IPCTNL_MSG_CT_NEW. Immutable, as it was when it was read.
 *
 * @param id tells it from another entry of the same tuple: a hash of where it lies in the kernel's memory, as 32 bits. One
 *     that is made anew in the very same place has the same
 * @param original of the packets that began it, before any translation
 * @param reply of the packets that answer, as they arrive here: its destination is what the source is translated to
 * @param zone of both directions; 0 where there is none, which is nearly always
 * @param mark of the flow, not of its packets; 0 when none
 * @param timeoutSeconds until it is forgotten, unless a packet comes before; 0 where it is not said
 */
public record Flow(
        int id, FlowTuple original, FlowTuple reply, int zone, FlowStatus status, int mark, int timeoutSeconds) {

    public Flow {
        if (zone < 0 || zone > 0xffff) {
            throw new IllegalArgumentException("zone " + zone);
        }
        if (original.protocol() != reply.protocol()) {
            throw new IllegalArgumentException("protocols differ: " + original.protocol() + ", " + reply.protocol());
        }
    }

    /** What people read: {@code 192.0.2.7:51820 -> 198.51.100.9:51820 (answered by 198.51.100.9:51820 -> 203.0.113.2:51820)}. */
    @Override
    public String toString() {
        boolean turned = reply.source().equals(original.destination())
                && reply.destination().equals(original.source());
        return original + (turned ? "" : " (answered by " + reply + ")") + (zone == 0 ? "" : " in zone " + zone);
    }
}
