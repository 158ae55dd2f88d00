package dev.reroam.linux.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.reroam.linux.NetworkNamespace;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.DumpOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our reading of the kernel against {@code ip}'s, in a namespace with one of everything. */
class RouteSocketTest {

    private static NetworkNamespace namespace;
    private static RouteSocket socket;
    private static Map<String, Integer> links;

    @BeforeAll
    static void makeNetwork() throws Exception {
        namespace = new NetworkNamespace();
        namespace.script("/route/network.sh");
        socket = namespace.call(RouteSocket::open);
        links = socket.links().stream().collect(Collectors.toMap(Link::name, Link::index));
    }

    @AfterAll
    static void removeNetwork() throws Exception {
        if (socket != null) {
            socket.close();
        }
        namespace.close();
    }

    private static List<JsonObject> ip(String command) throws Exception {
        return IpText.objects(namespace.run("ip -j -N -d " + command));
    }

    private static <T> void assertSame(
            List<JsonObject> expected, Function<JsonObject, String> read, List<String> ours) {
        assertFalse(ours.isEmpty());
        assertEquals(
                String.join("\n", expected.stream().map(read).sorted().toList()),
                String.join("\n", ours.stream().sorted().toList()));
    }

    @ParameterizedTest
    @EnumSource
    void routesAreWhatIpSees(IpFamily family) throws Exception {
        String flag = family == IpFamily.V4 ? "-4" : "-6";
        assertSame(
                ip(flag + " route show table all"),
                json -> IpText.route(json, family, links),
                socket.routes(family).stream().map(IpText::route).toList());
    }

    @ParameterizedTest
    @EnumSource
    void streamedRoutesAreTheSame(IpFamily family) throws Exception {
        var streamed = new ArrayList<Route>();
        try (var other = namespace.call(RouteSocket::open);
                var stream = other.streamRoutes(family, streamed::add)) {
            Optional<DumpOutcome> outcome;
            do {
                outcome = stream.advance(1);
            } while (outcome.isEmpty());
        }
        assertEquals(socket.routes(family), streamed);
    }

    @ParameterizedTest
    @EnumSource
    void rulesAreWhatIpSees(IpFamily family) throws Exception {
        String flag = family == IpFamily.V4 ? "-4" : "-6";
        assertSame(
                ip(flag + " rule show"),
                json -> IpText.rule(json, family),
                socket.rules(family).stream().map(IpText::rule).toList());
    }

    @Test
    void linksAreWhatIpSees() throws Exception {
        var index = new TreeMap<>(links);
        assertSame(
                ip("link show"),
                json -> String.join(
                        " ",
                        IpText.number(json, "ifindex") + ": " + IpText.text(json, "ifname"),
                        "up " + json.get("flags").toString().contains("\"UP\""),
                        "carrier " + json.get("flags").toString().contains("LOWER_UP"),
                        IpText.text(json, "operstate"),
                        "type " + IpText.text(json, "link_type"),
                        "kind "
                                + (json.has("linkinfo")
                                        ? IpText.text(json.getAsJsonObject("linkinfo"), "info_kind")
                                        : ""),
                        "mtu " + IpText.number(json, "mtu"),
                        "master " + index.getOrDefault(IpText.text(json, "master") + "", 0),
                        "lower " + index.getOrDefault(IpText.text(json, "link") + "", 0)),
                socket.links().stream()
                        .map(link -> String.join(
                                " ",
                                link.index() + ": " + link.name(),
                                "up " + link.isUp(),
                                "carrier " + link.hasCarrier(),
                                link.operState().toString(),
                                "type [" + link.hardwareType() + "]",
                                "kind " + link.kind(),
                                "mtu " + link.mtu(),
                                "master " + link.master().orElse(0),
                                "lower " + link.lower().orElse(0)))
                        .toList());
    }

    @Test
    void addressesAreWhatIpSees() throws Exception {
        var expected = new ArrayList<String>();
        for (var link : ip("addr show")) {
            link.getAsJsonArray("addr_info").forEach(element -> {
                var json = element.getAsJsonObject();
                expected.add(String.join(
                        " ",
                        IpText.number(link, "ifindex") + ": " + IpText.text(json, "local"),
                        "peer " + IpText.text(json, "address") + "/" + IpText.number(json, "prefixlen"),
                        "scope " + IpText.text(json, "scope"),
                        "deprecated " + json.has("deprecated"),
                        "usable " + !json.has("tentative"),
                        "secondary " + (json.has("secondary") || json.has("temporary"))));
            });
        }
        var ours = socket.addresses().stream()
                .map(address -> String.join(
                        " ",
                        address.link() + ": " + address.local(),
                        "peer " + address.peer().map(IpAddress::toString).orElse(null) + "/" + address.prefixLength(),
                        "scope " + address.scope(),
                        "deprecated " + address.isDeprecated(),
                        "usable " + address.isUsable(),
                        "secondary " + address.isTemporary()))
                .toList();
        assertEquals(
                String.join("\n", expected.stream().sorted().toList()),
                String.join("\n", ours.stream().sorted().toList()));
    }

    @Test
    void nextHopsAreWhatIpSees() throws Exception {
        assertSame(
                ip("nexthop show"),
                json -> {
                    var members = new ArrayList<String>();
                    if (json.has("group")) {
                        json.getAsJsonArray("group").forEach(element -> {
                            var member = element.getAsJsonObject();
                            members.add(IpText.number(member, "id") + "*"
                                    + (member.has("weight") ? IpText.number(member, "weight") : 1));
                        });
                    }
                    return IpText.number(json, "id") + " " + IpText.gateway(json) + " link "
                            + links.getOrDefault(IpText.text(json, "dev") + "", 0) + " " + members + " blackhole "
                            + json.has("blackhole") + " proto " + IpText.text(json, "protocol");
                },
                socket.nextHops().stream()
                        .map(hop -> hop.id() + " " + hop.gateway() + " link "
                                + hop.link().orElse(0) + " "
                                + hop.members().stream()
                                        .map(member -> member.id() + "*" + member.weight())
                                        .toList()
                                + " blackhole " + hop.blackhole() + " proto "
                                + hop.protocol().number())
                        .toList());
    }

    @Test
    void neighboursAreWhatIpSees() throws Exception {
        var router = new Neighbour(links.get("up0"), IpAddress.parse("192.0.2.1"), "02:00:00:00:00:01", 0x80, 0);
        var neighbours = socket.neighbours();
        assertTrue(neighbours.contains(router), () -> neighbours.toString());
        assertTrue(router.isReachable());
        var v6 = neighbours.stream()
                .filter(neighbour -> neighbour.address().equals(IpAddress.parse("2001:db8:1::1")))
                .findFirst()
                .orElseThrow();
        assertTrue(v6.isRouter());
        assertEquals("02:00:00:00:00:02", v6.hardwareAddress());
    }

    @Test
    void aLinkIsFoundByNumberAndName() throws Exception {
        var byName = socket.link("up0").orElseThrow().withoutTraffic();
        assertEquals(byName, socket.link(byName.index()).orElseThrow().withoutTraffic());
        assertEquals("veth", byName.kind());
        assertEquals(Optional.empty(), socket.link("nothere"));
        assertEquals(Optional.empty(), socket.link(9999));
    }

    @Test
    void trafficGrowsWithWhatIsSent() throws Exception {
        int loopback = links.get("lo");
        var before = socket.traffic(loopback).orElseThrow();
        namespace.run("ping -c 1 -W 1 127.0.0.1");
        var after = socket.traffic(loopback).orElseThrow();
        assertEquals(2, after.sentPackets() - before.sentPackets());
        assertEquals(2 * 84, after.sentBytes() - before.sentBytes());
        assertEquals(2 * 84, after.receivedBytes() - before.receivedBytes());
        assertEquals(Optional.of(after), socket.link(loopback).orElseThrow().traffic());
        assertEquals(Optional.empty(), socket.traffic(9999));
    }

    /** Words are those of {@code ip route get}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "8.8.8.8 mark 1",
                "8.8.8.8 mark 513",
                "8.8.8.8 mark 512",
                "8.8.8.8 mark 0x700",
                "8.8.8.8 mark 0x702",
                "8.8.8.8 mark 0x703",
                "8.8.8.8 ipproto udp dport 51820",
                "8.8.8.8 ipproto udp sport 7 dport 51820",
                "8.8.8.8 ipproto udp dport 51821",
                "8.8.8.8 ipproto tcp dport 51820",
                "8.8.8.8 ipproto tcp sport 1000 dport 1",
                "8.8.8.8 ipproto tcp sport 2000 dport 1",
                "8.8.8.8 ipproto tcp sport 2001 dport 1",
                "8.8.8.8 ipproto icmp",
                "8.8.8.8 uid 999",
                "8.8.8.8 uid 1000",
                "8.8.8.8 uid 1999",
                "8.8.8.8 uid 4000000000",
                "8.8.8.8 oif dn0",
                "8.8.8.8 oif up0",
                "8.8.8.8 oif tun0",
                "8.8.8.8 from 198.51.100.3",
                "8.8.8.8 from 198.51.100.2",
                "8.8.8.8 from 192.0.2.2",
                "8.8.8.8 from 192.0.2.77",
                "8.8.8.8 from 192.0.2.2 oif up0 mark 1 ipproto udp sport 5 dport 6 uid 7",
                "10.1.0.1",
                "10.2.0.1",
                "10.3.0.1",
                "10.4.0.1 mark 1",
                "10.5.0.1",
                "10.6.0.1",
                "10.7.0.1",
                "10.9.0.1",
                "203.0.113.1",
                "203.0.113.99",
                "192.0.2.2",
                "192.0.2.1",
                "192.0.2.255",
                "127.0.0.1",
                "255.255.255.255 oif up0",
                "224.0.0.1 oif up0",
                "2606:4700::1111",
                "2606:4700::1111 mark 1",
                "2606:4700::1111 mark 0x701",
                "2606:4700::1111 mark 0x702",
                "2606:4700::1111 mark 0x703",
                "2606:4700::1111 ipproto udp dport 51820",
                "2606:4700::1111 ipproto udp dport 51821",
                "2606:4700::1111 ipproto tcp sport 1999 dport 5",
                "2606:4700::1111 ipproto ipv6-icmp",
                "2606:4700::1111 uid 1000",
                "2606:4700::1111 uid 2000",
                "2606:4700::1111 oif dn0",
                "2606:4700::1111 from 2001:db8:2::2",
                "2001:db8:40::1",
                "2001:db8:40::7",
                "2001:db8:41::1",
                "2001:db8:42::1",
                "2001:db8:43::1",
                "2001:db8:44::1 from 2001:db8:1::2",
                "2001:db8:45::1",
                "2001:db8:46::1",
                "2001:db8:1::2",
                "2001:db8:1::1",
                "fe80::1 oif dn0",
                "::1",
            })
    void pathsAreWhatIpSees(String words) throws Exception {
        var question = question(words);
        var expected = namespace.attempt("ip -j -N -d route get " + words);
        var answer = socket.path(question);
        if (expected.exit() != 0) {
            var refused = (RouteAnswer.Refused) answer;
            assertEquals(expected.errors().strip(), "RTNETLINK answers: " + text(refused.errno()));
            return;
        }
        var json = IpText.objects(expected.output()).getFirst();
        var reachable = (RouteAnswer.Reachable) answer;
        assertEquals(links.get(IpText.text(json, "dev")), reachable.link());
        assertEquals(IpText.gateway(json), reachable.gateway());
        // Broadcasts and multicasts come from no table.
        assertEquals(json.has("table") ? IpText.number(json, "table") : 0, reachable.table());
        assertEquals(IpText.number(json, "type"), reachable.type().number());
        var source = question.source()
                .or(() -> Optional.ofNullable(IpText.text(json, "prefsrc")).map(IpAddress::parse));
        assertEquals(source, reachable.source());
        int mtu = json.has("metrics")
                ? IpText.number(json.getAsJsonArray("metrics").get(0).getAsJsonObject(), "mtu")
                : 0;
        assertEquals(mtu, reachable.mtu());
    }

    /** Words are those of {@code ip route get fibmatch}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "8.8.8.8 mark 1",
                "8.8.8.8 ipproto udp dport 51820",
                "8.8.8.8 mark 512",
                "203.0.113.1",
                "203.0.113.200",
                "192.0.2.9",
                "10.2.0.1",
                "10.6.0.1",
                "10.7.0.1",
                "10.9.0.1",
                "2606:4700::1111",
                "2606:4700::1111 mark 1",
                "2001:db8:46::1",
                "2001:db8:46::9",
                "2001:db8:41::1",
            })
    void matchedRoutesAreWhatIpSees(String words) throws Exception {
        var expected = namespace.attempt("ip -j -N -d route get fibmatch " + words);
        var matched = socket.match(question(words));
        if (expected.exit() != 0) {
            assertEquals(Optional.empty(), matched, expected.errors());
            return;
        }
        var json = IpText.objects(expected.output()).getFirst();
        var route = matched.orElseThrow();
        assertEquals(IpText.route(json, route.family(), links), IpText.route(route));
    }

    private static String text(Errno errno) {
        return switch (errno.symbol()) {
            case "ENETUNREACH" -> "Network is unreachable";
            case "EHOSTUNREACH" -> "No route to host";
            case "EACCES" -> "Permission denied";
            case "EINVAL" -> "Invalid argument";
            default -> errno.symbol();
        };
    }

    private static PathQuestion question(String words) {
        var parts = words.split(" ");
        var named = new TreeMap<String, String>();
        for (int i = 1; i < parts.length; i += 2) {
            named.put(parts[i], parts[i + 1]);
        }
        int protocol = switch (named.getOrDefault("ipproto", "")) {
            case "udp" -> 17;
            case "tcp" -> 6;
            case "icmp" -> 1;
            case "ipv6-icmp" -> 58;
            default -> 0;
        };
        return new PathQuestion(
                IpAddress.parse(parts[0]),
                Integer.decode(named.getOrDefault("mark", "0")),
                protocol,
                Integer.parseInt(named.getOrDefault("sport", "0")),
                Integer.parseInt(named.getOrDefault("dport", "0")),
                Integer.parseUnsignedInt(named.getOrDefault("uid", "0")),
                named.containsKey("oif") ? OptionalInt.of(links.get(named.get("oif"))) : OptionalInt.empty(),
                Optional.ofNullable(named.get("from")).map(IpAddress::parse));
    }
}
