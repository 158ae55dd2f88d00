package dev.reroam.linux.conntrack;

/**
 * What is known of a flow: linux/netfilter/nf_conntrack_common.h {@code enum ip_conntrack_status}. Immutable; bits that later
 * kernels add are kept.
 */
public record FlowStatus(int bits) {

    private static final int SEEN_REPLY = 1 << 1;
    private static final int ASSURED = 1 << 2;
    private static final int SRC_NAT = 1 << 4;
    private static final int DST_NAT = 1 << 5;
    private static final int OFFLOAD = 1 << 14;
    private static final int HW_OFFLOAD = 1 << 15;

    /** Whether packets of both directions were seen, at some time: it is never taken back. */
    public boolean isReplied() {
        return (bits & SEEN_REPLY) != 0;
    }

    /** Whether it went on for so long that it is kept when the table is full. */
    public boolean isAssured() {
        return (bits & ASSURED) != 0;
    }

    /** Whether its source is translated to another address or port. */
    public boolean isSourceTranslated() {
        return (bits & SRC_NAT) != 0;
    }

    /** Whether its destination is translated to another address or port. */
    public boolean isDestinationTranslated() {
        return (bits & DST_NAT) != 0;
    }

    /** Whether its packets no longer pass through connection tracking: the kernel then refuses to forget it (EBUSY). */
    public boolean isOffloaded() {
        return (bits & (OFFLOAD | HW_OFFLOAD)) != 0;
    }

    @Override
    public String toString() {
        return "0x" + Integer.toHexString(bits);
    }
}
