package dev.reroam.linux.netlink;

/**
 * A netlink protocol: which part of the kernel is on the other end (linux/netlink.h {@code NETLINK_*}).
 */
public record NetlinkProtocol(int number) {

    /** Links, addresses, routes, rules, neighbours. */
    public static final NetlinkProtocol ROUTE = new NetlinkProtocol(0);
    /** Sockets: inet_diag. */
    public static final NetlinkProtocol SOCK_DIAG = new NetlinkProtocol(4);
    /** nfnetlink: connection tracking, nftables. */
    public static final NetlinkProtocol NETFILTER = new NetlinkProtocol(12);
    /** Families with names: WireGuard. */
    public static final NetlinkProtocol GENERIC = new NetlinkProtocol(16);

    @Override
    public String toString() {
        return switch (number) {
            case 0 -> "route";
            case 4 -> "sock_diag";
            case 12 -> "netfilter";
            case 16 -> "generic";
            default -> "protocol " + number;
        };
    }
}
