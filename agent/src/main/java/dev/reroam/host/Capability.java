package dev.reroam.host;

/** A privilege that the agent uses, and what it cannot do without. */
public enum Capability {
    /** linux/capability.h CAP_NET_ADMIN. */
    CAP_NET_ADMIN(12, "tunnels cannot be read or repaired; links and paths are still watched"),
    /** linux/capability.h CAP_NET_RAW. */
    CAP_NET_RAW(
            13, "no echo through a tunnel: repairs are proved by handshakes and received bytes only, which is later"),
    /** linux/capability.h CAP_SYS_PTRACE. */
    CAP_SYS_PTRACE(
            19, "the owner of a userspace WireGuard cannot be told where it is another user's: it is only observed");

    private final int bit;
    private final String costs;

    Capability(int bit, String costs) {
        this.bit = bit;
        this.costs = costs;
    }

    /** What is lost without it, in words. */
    public String costs() {
        return costs;
    }

    boolean in(long mask) {
        return (mask >>> bit & 1) == 1;
    }
}
