package dev.reroam.host;

/** A privilege that the agent uses, and what it cannot do without. */
public enum Capability {
    /** linux/capability.h CAP_DAC_OVERRIDE. */
    CAP_DAC_OVERRIDE(
            1, "a userspace WireGuard of another user cannot be read or repaired, unless its socket lets everybody"),
    /** linux/capability.h CAP_NET_ADMIN. */
    CAP_NET_ADMIN(
            12,
            "kernel WireGuard cannot be read or repaired; a userspace one still is, where its daemon's socket can be"
                    + " opened; links and paths are still watched"),
    /** linux/capability.h CAP_NET_RAW. */
    CAP_NET_RAW(
            13,
            "no echo through a tunnel, and nobody inside is found who could answer one: repairs are proved by handshakes and"
                    + " received bytes only, which is later; how the world sees a tunnel's port is measured from another"
                    + " port"),
    /** linux/capability.h CAP_SYS_PTRACE. */
    CAP_SYS_PTRACE(
            19,
            "a userspace WireGuard of another user whose socket was made in another network namespace cannot be told from"
                    + " somebody else's: it is only observed");

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
