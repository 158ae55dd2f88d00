package dev.reroam.linux.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.NetworkNamespace;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.NetlinkException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What we write, as {@code ip} reads it; and that nothing goes but what was named. */
class RouteWriteTest {

    private static final RouteProtocol OURS = new RouteProtocol(207);
    private static final int TABLE = 70_701;

    private NetworkNamespace namespace;
    private RouteSocket socket;
    private Map<String, Integer> links;

    @BeforeEach
    void makeNetwork() throws Exception {
        namespace = new NetworkNamespace();
        namespace.script("/route/network.sh");
        socket = namespace.call(RouteSocket::open);
        links = socket.links().stream().collect(Collectors.toMap(Link::name, Link::index));
    }

    @AfterEach
    void removeNetwork() throws Exception {
        socket.close();
        namespace.close();
    }

    private static Endpoint endpoint(IpFamily family) {
        return Endpoint.parse(family == IpFamily.V4 ? "11.0.9.9:51820" : "[2a0f:9::9]:51820");
    }

    private static Rule steering(IpFamily family) {
        return Rule.udp(endpoint(family), Optional.of("lo"), 750, TABLE, OURS);
    }

    private Route standby(IpFamily family) {
        var hop = Hop.onLink(
                links.get("dn0"), Optional.of(IpAddress.parse(family == IpFamily.V4 ? "198.51.100.1" : "fe80::1")));
        var source = IpAddress.parse(family == IpFamily.V4 ? "198.51.100.2" : "2001:db8:2::2");
        return Route.everything(hop, source, TABLE, 7, OURS);
    }

    private String rules() throws Exception {
        return namespace.run("ip -4 rule") + namespace.run("ip -6 rule");
    }

    private String routes() throws Exception {
        return namespace.run("ip -4 route show table all") + namespace.run("ip -6 route show table all");
    }

    private List<String> rulesAt(IpFamily family, int preference) throws Exception {
        return IpText.objects(namespace.run("ip -j -N -d " + flag(family) + " rule")).stream()
                .filter(json -> IpText.number(json, "priority") == preference)
                .map(json -> IpText.rule(json, family))
                .toList();
    }

    private List<String> routesIn(IpFamily family, int table) throws Exception {
        return IpText.objects(namespace.run("ip -j -N -d " + flag(family) + " route show table " + table)).stream()
                .peek(json -> json.addProperty("table", table))
                .map(json -> IpText.route(json, family, links))
                .toList();
    }

    private static String flag(IpFamily family) {
        return family == IpFamily.V4 ? "-4" : "-6";
    }

    @ParameterizedTest
    @EnumSource
    void aRuleIsWhatIpSees(IpFamily family) throws Exception {
        String before = rules();
        socket.add(steering(family));
        assertEquals(List.of(IpText.rule(steering(family))), rulesAt(family, 750));
        assertTrue(socket.rules(family).contains(steering(family)));
        assertTrue(socket.delete(steering(family)));
        assertEquals(before, rules());
        assertFalse(socket.delete(steering(family)));
    }

    @ParameterizedTest
    @EnumSource
    void aRouteIsWhatIpSees(IpFamily family) throws Exception {
        String before = routes();
        var route = standby(family);
        assertEquals(List.of(), socket.routes(family, TABLE));
        socket.add(route);
        assertEquals(List.of(IpText.route(route)), routesIn(family, TABLE));
        assertEquals(List.of(route), socket.routes(family, TABLE));
        assertTrue(socket.delete(route));
        assertEquals(before, routes());
        assertFalse(socket.delete(route));
    }

    @Test
    void aPointToPointLinkAndAGatewayOfTheOtherFamilyGoThrough() throws Exception {
        var straight = Route.everything(
                Hop.onLink(links.get("up0"), Optional.empty()), IpAddress.parse("192.0.2.2"), TABLE, 7, OURS);
        var across = Route.everything(
                Hop.onLink(links.get("up0"), Optional.of(IpAddress.parse("fe80::7"))),
                IpAddress.parse("192.0.2.2"),
                TABLE + 1,
                7,
                OURS);
        var straightV6 = Route.everything(
                Hop.onLink(links.get("up0"), Optional.empty()), IpAddress.parse("2001:db8:1::2"), TABLE, 7, OURS);
        for (var route : List.of(straight, across, straightV6)) {
            socket.add(route);
            assertEquals(List.of(route), socket.routes(route.family(), route.table()));
            assertEquals(List.of(IpText.route(route)), routesIn(route.family(), route.table()));
            assertTrue(socket.delete(route));
        }
    }

    /** Each rule of the fixture is deleted by its own record, and every other one stays. */
    @ParameterizedTest
    @EnumSource
    void whatWasReadIsWrittenBack(IpFamily family) throws Exception {
        var before = socket.rules(family);
        for (var rule : before) {
            assertTrue(socket.delete(rule), rule::toString);
            var rest = new java.util.ArrayList<>(before);
            rest.remove(rule);
            assertEquals(rest, socket.rules(family));
            socket.add(rule);
            var again = socket.rules(family);
            assertTrue(again.contains(rule), () -> rule + "\n" + again);
            before = again;
        }
    }

    @Test
    void aLookAlikeStays() throws Exception {
        var ours = steering(IpFamily.V4);
        namespace.run("ip rule add pref 750 iif lo to 11.0.9.9 ipproto udp dport 51820 lookup 70701 proto 77");
        namespace.run("ip rule add pref 750 iif lo to 11.0.9.9 ipproto udp dport 51820 lookup 70700 proto 207");
        namespace.run("ip rule add pref 751 iif lo to 11.0.9.9 ipproto udp dport 51820 lookup 70701 proto 207");
        String before = rules();
        assertFalse(socket.delete(ours));
        socket.add(ours);
        assertTrue(socket.delete(ours));
        assertEquals(before, rules());
    }

    /** The kernel itself would delete it: it has all that is named. */
    @Test
    void oneWithMoreConditionsStays() throws Exception {
        socket.add(steering(IpFamily.V4));
        namespace.run(
                "ip rule add pref 750 from 10.1.1.1 to 11.0.9.9 iif lo ipproto udp dport 51820 lookup 70701 proto 207");
        assertTrue(socket.delete(steering(IpFamily.V4)));
        String before = rules();
        assertFalse(socket.delete(steering(IpFamily.V4)));
        assertEquals(before, rules());
    }

    @Test
    void theMtuIsWhatIpShowsAndNothingElseOfTheLinkChanges() throws Exception {
        String before = namespace.run("ip -d link show dev dn0");
        int mtu = socket.link(links.get("dn0")).orElseThrow().mtu();
        socket.setMtu(links.get("dn0"), 1392);
        assertEquals(before.replace("mtu " + mtu, "mtu 1392"), namespace.run("ip -d link show dev dn0"));
        socket.setMtu(links.get("dn0"), mtu);
        assertEquals(before, namespace.run("ip -d link show dev dn0"));
        assertEquals(
                Errno.EINVAL, refusal(() -> socket.setMtu(links.get("dn0"), 10)).errno());
        assertEquals(Errno.ENODEV, refusal(() -> socket.setMtu(4711, 1400)).errno());
    }

    @Test
    void refusalsCarryTheKernelsWords() throws Exception {
        socket.add(steering(IpFamily.V4));
        assertEquals(
                Errno.EEXIST, refusal(() -> socket.add(steering(IpFamily.V4))).errno());
        socket.add(standby(IpFamily.V6));
        assertEquals(
                Errno.EEXIST, refusal(() -> socket.add(standby(IpFamily.V6))).errno());
        var foreign = Route.everything(
                Hop.onLink(links.get("dn0"), Optional.of(IpAddress.parse("198.51.100.1"))),
                IpAddress.parse("198.51.100.77"),
                TABLE,
                7,
                OURS);
        var words = refusal(() -> socket.add(foreign));
        assertEquals("add route 0.0.0.0/0 of table 70701", words.operation());
        assertEquals("Invalid prefsrc address", words.kernelText());
        assertEquals(List.of(), socket.routes(IpFamily.V4, TABLE));
    }

    @Test
    void aRouteBesideOursInOurTableStays() throws Exception {
        namespace.run("ip route add default via 198.51.100.1 table 70701 metric 7 proto 77");
        String before = routes();
        assertEquals(
                Errno.EEXIST, refusal(() -> socket.add(standby(IpFamily.V4))).errno());
        assertFalse(socket.delete(standby(IpFamily.V4)));
        assertEquals(before, routes());
    }

    private static NetlinkException refusal(org.junit.jupiter.api.function.Executable act) {
        return assertThrows(NetlinkException.class, act);
    }
}
