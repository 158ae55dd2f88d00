package dev.reroam.steer;

import static dev.reroam.linux.ip.IpFamily.V4;
import static dev.reroam.linux.ip.IpFamily.V6;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Hop;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.network.NetworkState;
import dev.reroam.network.OwnNumbers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FootingTest {

    private static final int UP = 0x1;
    private static final int RUNNING = UP | 0x40 | 0x10000;
    private static final int WAN = 2;
    private static final int LAN = 3;
    private static final int TUNNEL = 4;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Footing WHOLE = new Footing(Set.of(V4, V6), true);

    private final Map<Integer, Link> links = new HashMap<>();
    private final Set<Address> addresses = new HashSet<>();
    private final Set<Route> routes = new HashSet<>();

    private Footing footing() {
        return Footing.of(new NetworkState(links, addresses, routes), Set.of(TUNNEL));
    }

    private void link(int index, int flags) {
        var none = OptionalInt.empty();
        links.put(
                index,
                new Link(index, "if" + index, flags, OperState.UNKNOWN, 1, "", 1500, none, none, Optional.empty()));
    }

    private void address(int link, String text) {
        addresses.add(new Address(link, IpAddress.parse(text), 24, Optional.empty(), 0, 0));
    }

    private void route(int link, String source, int table, RouteProtocol protocol) {
        routes.add(
                Route.everything(new Hop(link, Optional.empty(), 1, 0), IpAddress.parse(source), table, 1, protocol));
    }

    private void home() {
        link(1, RUNNING | 0x8);
        link(WAN, RUNNING);
        link(LAN, RUNNING);
        link(TUNNEL, RUNNING);
        address(1, "127.0.0.1");
        address(WAN, "192.0.2.2");
        address(LAN, "192.168.1.1");
        address(TUNNEL, "10.9.0.1");
        route(WAN, "192.0.2.2", 254, RouteProtocol.DHCP);
    }

    @Test
    void aHomeHasAWayOutAndALan() {
        home();
        assertEquals(new Footing(Set.of(V4), true), footing());
    }

    @Test
    void ourOwnRouteAndATunnelsAreNoWayOut() {
        home();
        routes.clear();
        route(WAN, "192.0.2.2", OwnNumbers.FIRST_TABLE + 1, OwnNumbers.PROTOCOL);
        route(TUNNEL, "10.9.0.1", 51_820, RouteProtocol.BOOT);
        assertEquals(Set.of(), footing().ways());
        route(WAN, "192.0.2.2", 1, RouteProtocol.STATIC);
        assertEquals(Set.of(V4), footing().ways());
    }

    @Test
    void withoutCarrierThereIsNoWayAndNoLan() {
        home();
        link(WAN, UP);
        link(LAN, UP);
        assertEquals(new Footing(Set.of(), false), footing());
    }

    @Test
    void theOnlyInterfaceIsNoLan() {
        home();
        links.remove(LAN);
        assertEquals(new Footing(Set.of(V4), false), footing());
    }

    private static Set<IpFamily> due(LostFooting lost, long at) {
        return lost.due(at);
    }

    @Test
    void aLossMustLast() {
        var lost = LostFooting.NONE.after(WHOLE, 0).after(new Footing(Set.of(V6), true), SECOND);
        assertEquals(Set.of(), due(lost, 5 * SECOND));
        assertEquals(Set.of(V4), due(lost, 6 * SECOND));
        assertEquals(OptionalLong.of(6 * SECOND), lost.dueAt(Set.of(V4)));
        assertEquals(OptionalLong.empty(), lost.dueAt(Set.of(V6)));
        var stillLost = lost.after(new Footing(Set.of(), true), 3 * SECOND);
        assertEquals(Set.of(V4), due(stillLost, 6 * SECOND));
        assertEquals(Set.of(V4, V6), due(stillLost, 8 * SECOND));
        assertEquals(Map.of(), lost.after(WHOLE, 4 * SECOND).since());
    }

    @Test
    void aLostLanIsALossForBothFamilies() {
        var lost = LostFooting.NONE.after(WHOLE, 0).after(new Footing(Set.of(V4, V6), false), SECOND);
        assertEquals(Set.of(V4, V6), due(lost, 6 * SECOND));
    }

    @Test
    void whoNeverHadALanCannotLoseIt() {
        var nas = new Footing(Set.of(V4, V6), false);
        assertEquals(Map.of(), LostFooting.NONE.after(nas, 0).after(nas, SECOND).since());
    }

    /** At start the box may be without, and then nothing is steered; what is due at once is due. */
    @Test
    void whatIsMissingFromTheStartIsMissing() {
        var lost = LostFooting.NONE.after(new Footing(Set.of(), false), 0);
        assertEquals(Set.of(V4, V6), due(lost, 5 * SECOND));
    }
}
