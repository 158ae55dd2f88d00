package dev.reroam.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Hop;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.RouteType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UplinksTest {

    private static final int RUNNING = 0x1 | 0x40 | 0x10000;
    private static final int SECONDARY = 0x01;
    private static final int DEPRECATED = 0x20;
    private static final int TENTATIVE = 0x40;

    private final Map<Integer, Link> links = new HashMap<>();
    private final Set<Address> addresses = new HashSet<>();
    private final Set<Route> routes = new HashSet<>();

    @Test
    void findsTheUplinksOfEveryTableAndSaysWhich() {
        link(2, "wan1", "");
        link(3, "wan2", "vlan");
        address(2, "192.0.2.7", 24, 0);
        address(3, "198.51.100.7", 24, 0);
        route(254, 100, 2, "192.0.2.1");
        route(1, 0, 2, "192.0.2.1");
        route(2, 0, 3, "198.51.100.1");
        var found = find();
        assertEquals(
                List.of("wan1 via 192.0.2.1 from 192.0.2.7", "wan2 via 198.51.100.1 from 198.51.100.7"), texts(found));
        assertEquals(List.of(1, 254), found.getFirst().tables());
        assertEquals(0, found.getFirst().metric());
        assertTrue(found.getFirst().running());
    }

    @Test
    void tellsTwoRoutersOfOneNetworkApart() {
        link(2, "lan", "");
        address(2, "192.0.2.7", 24, 0);
        route(254, 0, 2, "192.0.2.1");
        route(254, 10, 2, "192.0.2.2");
        assertEquals(List.of("lan via 192.0.2.1 from 192.0.2.7", "lan via 192.0.2.2 from 192.0.2.7"), texts(find()));
    }

    @Test
    void tellsTwoAddressesThatOneRouterSendsDifferentWaysApart() {
        link(2, "lan", "");
        address(2, "192.0.2.7", 24, 0);
        address(2, "192.0.2.8", 24, SECONDARY);
        routes.add(new Route(
                IpPrefix.parse("0.0.0.0/0"),
                7,
                RouteType.UNICAST,
                Optional.empty(),
                0,
                0,
                RouteProtocol.STATIC,
                0,
                Optional.of(IpAddress.parse("192.0.2.8")),
                List.of(hop(2, "192.0.2.1")),
                OptionalInt.empty(),
                0,
                0));
        route(254, 0, 2, "192.0.2.1");
        assertEquals(
                List.of("lan via 192.0.2.1 from 192.0.2.8", "lan via 192.0.2.1 from 192.0.2.7").stream()
                        .sorted()
                        .toList(),
                texts(find()).stream().sorted().toList());
    }

    @Test
    void eachHopOfAMultipathRouteIsAnUplink() {
        link(2, "wan1", "");
        link(3, "wan2", "");
        address(2, "192.0.2.7", 24, 0);
        address(3, "198.51.100.7", 24, 0);
        route(254, 0, hop(2, "192.0.2.1"), hop(3, "198.51.100.1"));
        assertEquals(2, find().size());
    }

    @ParameterizedTest(name = "default route into a {0}: {1}")
    @CsvSource({
        "wireguard, false",
        "amneziawg, false",
        "tun,       false",
        "xfrm,      false",
        "vti,       false",
        "ppp,       true",
        "sit,       true",
        "ip6tnl,    true",
        "veth,      true",
        "bridge,    true",
        "'',        true",
    })
    void neverLeavesThroughATunnel(String kind, boolean uplink) {
        link(2, "dev", kind);
        address(2, "10.8.0.2", 24, 0);
        route(51_820, 0, hop(2, null));
        assertEquals(uplink, !find().isEmpty());
    }

    @Test
    void theTunOf464XlatIsAWayOut() {
        link(2, "clat", "tun");
        address(2, "192.0.0.1", 32, 0);
        route(254, 0, hop(2, null));
        assertEquals(List.of("clat from 192.0.0.1"), texts(find()));
    }

    @Test
    void aDeviceKnownAsATunnelsIsNoUplinkWhateverItCallsItself() {
        link(2, "wg0", "");
        address(2, "10.8.0.2", 24, 0);
        route(254, 0, hop(2, null));
        assertEquals(List.of(), Uplinks.of(state(), Set.of(2)));
    }

    @Test
    void takesTheAddressInTheGatewaysNetworkThenAnyOfTheInterfaceThenAnyAtAll() {
        link(2, "wan", "");
        link(3, "lan", "");
        address(3, "10.0.0.1", 24, 0);
        route(254, 0, 2, "192.0.2.1");
        assertEquals(List.of("wan via 192.0.2.1 from 10.0.0.1"), texts(find()));
        address(2, "203.0.113.5", 32, 0);
        assertEquals(List.of("wan via 192.0.2.1 from 203.0.113.5"), texts(find()));
        address(2, "192.0.2.9", 24, 0);
        assertEquals(List.of("wan via 192.0.2.1 from 192.0.2.9"), texts(find()));
        address(2, "192.0.2.3", 24, SECONDARY);
        address(2, "192.0.2.4", 24, TENTATIVE);
        assertEquals(List.of("wan via 192.0.2.1 from 192.0.2.9"), texts(find()));
    }

    @Test
    void takesTheLastingGlobalAddressOfIpv6() {
        link(2, "wan", "");
        addresses.add(new Address(2, IpAddress.parse("fe80::7"), 64, Optional.empty(), 253, 0));
        route("::/0", 254, 0, hop(2, "fe80::1"));
        assertEquals(List.of(), find());
        address(2, "2001:db8::1", 64, DEPRECATED);
        address(2, "2001:db8::2", 64, SECONDARY);
        address(2, "2001:db8::3", 64, 0);
        assertEquals(List.of("wan via fe80::1 from 2001:db8::3"), texts(find()));
    }

    @Test
    void saysWhetherTheInterfaceRuns() {
        links.put(2, new Link(2, "wan", 1, OperState.UNKNOWN, 1, "", 1500, none(), none(), Optional.empty()));
        address(2, "192.0.2.7", 24, 0);
        route(254, 0, 2, "192.0.2.1");
        assertFalse(find().getFirst().running());
    }

    @Test
    void whatIsNoDefaultRouteOrLeadsNowhereIsNoUplink() {
        link(2, "wan", "");
        address(2, "192.0.2.7", 24, 0);
        route("198.51.100.0/24", 254, 0, hop(2, "192.0.2.1"));
        route(254, 0);
        assertEquals(List.of(), find());
    }

    /** Else an uplink that lost its route would live on by what steers over it. */
    @Test
    void ourOwnSteeringMakesNoUplink() {
        link(2, "wan1", "");
        link(3, "wan2", "");
        address(2, "192.0.2.7", 24, 0);
        address(3, "198.51.100.7", 24, 0);
        route(254, 100, 2, "192.0.2.1");
        routes.add(Route.everything(
                hop(3, "198.51.100.1"),
                IpAddress.parse("198.51.100.7"),
                OwnNumbers.FIRST_TABLE,
                1,
                OwnNumbers.PROTOCOL));
        assertEquals(List.of("wan1 via 192.0.2.1 from 192.0.2.7"), texts(find()));
    }

    private void hostRoute(RouteProtocol protocol, int link, String gateway) {
        routes.add(new Route(
                IpPrefix.parse("203.0.113.9/32"),
                254,
                RouteType.UNICAST,
                Optional.empty(),
                0,
                0,
                protocol,
                0,
                Optional.empty(),
                List.of(hop(link, gateway)),
                OptionalInt.empty(),
                0,
                0));
    }

    @Test
    void whatAHostRouteLeadsToIsAWayThatMayBeLeftThoughItIsNoUplink() {
        link(2, "wan1", "");
        link(3, "wan2", "");
        link(4, "wg0", "wireguard");
        address(2, "192.0.2.7", 24, 0);
        address(3, "198.51.100.7", 24, 0);
        route(254, 0, 3, "198.51.100.1");
        hostRoute(RouteProtocol.KERNEL, 2, "192.0.2.1");
        hostRoute(RouteProtocol.STATIC, 3, "198.51.100.1");
        hostRoute(RouteProtocol.STATIC, 4, "10.8.0.1");
        assertEquals(1, Uplinks.most(state(), Set.of()));
        hostRoute(RouteProtocol.STATIC, 2, "192.0.2.1");
        assertEquals(2, Uplinks.most(state(), Set.of()));
        assertEquals(1, Uplinks.most(state(), Set.of(2)));
        assertEquals(List.of("wan2 via 198.51.100.1 from 198.51.100.7"), texts(find()));
    }

    @Test
    void aDeadUplinkIsAWayAsLongAsARouteLeadsThere() {
        links.put(2, new Link(2, "wan1", 1, OperState.DOWN, 1, "", 1500, none(), none(), Optional.empty()));
        link(3, "wan2", "");
        address(2, "192.0.2.7", 24, 0);
        address(3, "198.51.100.7", 24, 0);
        route(254, 0, 2, "192.0.2.1");
        route(254, 20, 3, "198.51.100.1");
        assertEquals(2, Uplinks.most(state(), Set.of()));
        assertEquals(0, Uplinks.most(NetworkState.EMPTY, Set.of()));
    }

    private List<UplinkFacts> find() {
        return Uplinks.of(state(), Set.of());
    }

    private NetworkState state() {
        return new NetworkState(links, addresses, routes);
    }

    private static List<String> texts(List<UplinkFacts> found) {
        return found.stream().map(facts -> facts.uplink().toString()).toList();
    }

    private static OptionalInt none() {
        return OptionalInt.empty();
    }

    private void link(int index, String name, String kind) {
        links.put(
                index,
                new Link(index, name, RUNNING, OperState.UNKNOWN, 1, kind, 1500, none(), none(), Optional.empty()));
    }

    private void address(int link, String text, int length, int flags) {
        addresses.add(new Address(link, IpAddress.parse(text), length, Optional.empty(), 0, flags));
    }

    private static Hop hop(int link, @Nullable String gateway) {
        return new Hop(link, Optional.ofNullable(gateway).map(IpAddress::parse), 1, 0);
    }

    private void route(int table, long priority, int link, String gateway) {
        route(table, priority, hop(link, gateway));
    }

    private void route(int table, long priority, Hop... hops) {
        route("0.0.0.0/0", table, priority, hops);
    }

    private void route(String to, int table, long priority, Hop... hops) {
        routes.add(new Route(
                IpPrefix.parse(to),
                table,
                RouteType.UNICAST,
                Optional.empty(),
                0,
                0,
                RouteProtocol.STATIC,
                priority,
                Optional.empty(),
                Arrays.asList(hops),
                OptionalInt.empty(),
                0,
                0));
    }
}
