package dev.reroam.linux.route;

/**
 * Operational state of an interface: linux/if.h {@code IF_OPER_*}, RFC 2863 section 3.1.14. Many virtual drivers never say more
 * than unknown.
 */
public record OperState(int number) {

    public static final OperState UNKNOWN = new OperState(0);
    public static final OperState NOT_PRESENT = new OperState(1);
    public static final OperState DOWN = new OperState(2);
    public static final OperState LOWER_LAYER_DOWN = new OperState(3);
    public static final OperState TESTING = new OperState(4);
    public static final OperState DORMANT = new OperState(5);
    public static final OperState UP = new OperState(6);

    /** As {@code ip} writes it. */
    @Override
    public String toString() {
        return switch (number) {
            case 0 -> "UNKNOWN";
            case 1 -> "NOTPRESENT";
            case 2 -> "DOWN";
            case 3 -> "LOWERLAYERDOWN";
            case 4 -> "TESTING";
            case 5 -> "DORMANT";
            case 6 -> "UP";
            default -> "state " + number;
        };
    }
}
