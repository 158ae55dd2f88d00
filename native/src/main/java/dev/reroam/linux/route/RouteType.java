package dev.reroam.linux.route;

/** What becomes of a packet that a route matches: linux/rtnetlink.h {@code RTN_*}. */
public record RouteType(int number) {

    /** Sent to a next hop or directly. */
    public static final RouteType UNICAST = new RouteType(1);
    /** Ours. */
    public static final RouteType LOCAL = new RouteType(2);

    public static final RouteType BROADCAST = new RouteType(3);
    public static final RouteType ANYCAST = new RouteType(4);
    public static final RouteType MULTICAST = new RouteType(5);
    /** Dropped without a word. */
    public static final RouteType BLACKHOLE = new RouteType(6);
    /** Refused: host unreachable. */
    public static final RouteType UNREACHABLE = new RouteType(7);
    /** Refused: administratively prohibited. */
    public static final RouteType PROHIBIT = new RouteType(8);
    /** The look-up goes on with the next rule. */
    public static final RouteType THROW = new RouteType(9);

    /** As {@code ip} writes it. */
    @Override
    public String toString() {
        return switch (number) {
            case 1 -> "unicast";
            case 2 -> "local";
            case 3 -> "broadcast";
            case 4 -> "anycast";
            case 5 -> "multicast";
            case 6 -> "blackhole";
            case 7 -> "unreachable";
            case 8 -> "prohibit";
            case 9 -> "throw";
            default -> Integer.toString(number);
        };
    }
}
