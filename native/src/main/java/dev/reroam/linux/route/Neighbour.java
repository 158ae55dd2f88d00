package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;

/**
 * What the kernel knows of a host on a link: RTM_NEWNEIGH, linux/neighbour.h. Immutable.
 *
 * @param link index of the interface
 * @param hardwareAddress {@code 02:00:00:00:00:01}; empty when not known
 * @param state {@code NUD_*} bits
 * @param flags {@code NTF_*} bits
 */
public record Neighbour(int link, IpAddress address, String hardwareAddress, int state, int flags)
        implements RouteObject {

    // linux/neighbour.h
    private static final int NUD_INCOMPLETE = 0x01;
    private static final int NUD_REACHABLE = 0x02;
    static final int NUD_PROBE = 0x10;
    private static final int NUD_FAILED = 0x20;
    private static final int NUD_NOARP = 0x40;
    private static final int NUD_PERMANENT = 0x80;
    private static final int NTF_ROUTER = 0x80;

    /** Whether it has answered lately, or needs not answer. */
    public boolean isReachable() {
        return (state & (NUD_REACHABLE | NUD_NOARP | NUD_PERMANENT)) != 0;
    }

    /** Whether it is not asked at all: a link without addresses, or somebody has said where it is. */
    public boolean needsNoAnswer() {
        return (state & (NUD_NOARP | NUD_PERMANENT)) != 0;
    }

    /** Whether it has answered lately. */
    public boolean hasAnswered() {
        return (state & NUD_REACHABLE) != 0;
    }

    /** Whether it is being asked, or was, and has not answered. */
    public boolean isSilent() {
        return (state & (NUD_INCOMPLETE | NUD_PROBE | NUD_FAILED)) != 0;
    }

    /** Whether it is being looked for, and packets wait for it. */
    public boolean isSought() {
        return (state & NUD_INCOMPLETE) != 0;
    }

    /** Whether the kernel knows where it is, so that it can be asked there. */
    public boolean isKnown() {
        return (state & ~(NUD_INCOMPLETE | NUD_FAILED)) != 0;
    }

    /** Whether it has not answered, and is asked no more. */
    public boolean isFailed() {
        return (state & NUD_FAILED) != 0;
    }

    /** Of IPv6: whether it says that it is a router. */
    public boolean isRouter() {
        return (flags & NTF_ROUTER) != 0;
    }
}
