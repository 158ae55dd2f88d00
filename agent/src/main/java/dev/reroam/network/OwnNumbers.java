package dev.reroam.network;

import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.Rule;
import java.util.OptionalInt;

/**
 * The numbers that say of a rule or a route that it is Reroam's: to a later run that sweeps, to the guardian, to people. All
 * of them must match; what has only some is somebody else's. Immutable.
 *
 * <p>The guardian, {@code steer/guardian.sh}, has them too; a test holds both together.
 */
public final class OwnNumbers {

    /**
     * Of rules and routes. Nobody's in iproute2's and FRR's rt_protos (0 to 4, 8 to 18, 42, 84, 99, 186 to 198), nor in
     * Calico's (80).
     */
    public static final RouteProtocol PROTOCOL = new RouteProtocol(207);

    /** Before mwan3's rules (1001 to 3060), Tailscale's (1310 and 5210 upwards), pbr's (around 30000), wg-quick's. */
    public static final int FIRST_PREFERENCE = 700;

    public static final int LAST_PREFERENCE = 799;

    /**
     * Beside mwan3's tables (1 to 62), Tailscale's (52), pbr's (256 upwards), systemd's and NetworkManager's for VRFs and
     * interfaces (from 1000), wg-quick's (51820 upwards), and the ones below 256 that people write by hand.
     */
    public static final int FIRST_TABLE = 70_700;

    public static final int LAST_TABLE = 70_715;

    private OwnNumbers() {}

    /** Whether the rule is Reroam's: one to a table of its own, or one that has marked packets keep the main table's local ways. */
    public static boolean own(Rule rule) {
        return rule.protocol().equals(PROTOCOL)
                && ownPreference(rule.preference())
                && (ownTable(rule.table()) || keepsLocalWays(rule));
    }

    private static boolean keepsLocalWays(Rule rule) {
        return rule.table() == Route.TABLE_MAIN
                && rule.mark().isPresent()
                && rule.suppressPrefixLength().equals(OptionalInt.of(0));
    }

    /** Whether the route is Reroam's. */
    public static boolean own(Route route) {
        return route.protocol().equals(PROTOCOL) && ownTable(route.table());
    }

    private static boolean ownPreference(long preference) {
        return FIRST_PREFERENCE <= preference && preference <= LAST_PREFERENCE;
    }

    private static boolean ownTable(int table) {
        return FIRST_TABLE <= table && table <= LAST_TABLE;
    }
}
