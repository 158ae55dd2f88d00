package dev.reroam.linux.route;

/**
 * Who made a route or a rule: linux/rtnetlink.h {@code RTPROT_*}. Numbers without a constant here are kept.
 *
 * @param number 0 to 255
 */
public record RouteProtocol(int number) {

    public static final RouteProtocol UNSPECIFIED = new RouteProtocol(0);
    /** An ICMP redirect. */
    public static final RouteProtocol REDIRECT = new RouteProtocol(1);
    /** The kernel, from an address or a link. */
    public static final RouteProtocol KERNEL = new RouteProtocol(2);
    /** {@code ip route add} without more words. */
    public static final RouteProtocol BOOT = new RouteProtocol(3);

    public static final RouteProtocol STATIC = new RouteProtocol(4);
    /** An IPv6 router advertisement. */
    public static final RouteProtocol ROUTER_ADVERTISEMENT = new RouteProtocol(9);

    public static final RouteProtocol DHCP = new RouteProtocol(16);

    public RouteProtocol {
        if (number < 0 || number > 0xff) {
            throw new IllegalArgumentException("route protocol " + number);
        }
    }

    /** As {@code ip} writes it where it has a constant here, else the number. */
    @Override
    public String toString() {
        return switch (number) {
            case 0 -> "unspec";
            case 1 -> "redirect";
            case 2 -> "kernel";
            case 3 -> "boot";
            case 4 -> "static";
            case 9 -> "ra";
            case 16 -> "dhcp";
            default -> Integer.toString(number);
        };
    }
}
