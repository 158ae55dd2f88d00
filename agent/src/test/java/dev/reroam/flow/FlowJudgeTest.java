package dev.reroam.flow;

import static dev.reroam.flow.Flows.LAN;
import static dev.reroam.flow.Flows.PEER;
import static dev.reroam.flow.Flows.PORT;
import static dev.reroam.flow.Flows.WAN1;
import static dev.reroam.flow.Flows.WAN2;
import static dev.reroam.flow.Flows.endpoint;
import static dev.reroam.flow.Flows.flow;
import static dev.reroam.flow.Flows.own;
import static dev.reroam.flow.Flows.request;
import static dev.reroam.flow.Flows.sent;
import static dev.reroam.flow.Flows.uplink;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.conntrack.Flow;
import dev.reroam.linux.conntrack.FlowStatus;
import dev.reroam.linux.conntrack.FlowTuple;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which flows are forgotten, and above all which are not. */
class FlowJudgeTest {

    private static List<StaleFlow> judge(ForgetRequest request, Flow... flows) {
        var judge = new FlowJudge(request);
        List.of(flows).forEach(judge::see);
        return judge.stale();
    }

    private static String verdict(ForgetRequest request, Flow flow) {
        var stale = judge(request, flow);
        return stale.isEmpty() ? "healthy" : stale.getFirst().why().name();
    }

    /** The way is wan2 from 100.64.2.2; a flow is what was sent, and what the far side sees of it. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "answered and not translated,               100.64.2.2,   100.64.2.2,       true,  healthy",
        "answered and masqueraded to the way,       192.168.77.1, 100.64.2.2,       true,  healthy",
        "the sticky source of another way masked,   100.64.1.2,   100.64.2.2,       true,  healthy",
        "answered though its port was rewritten,    192.168.77.1, 100.64.2.2:1024,  true,  healthy",
        "from an address of no link,                203.0.113.9,  203.0.113.9,      true,  healthy",
        "translated to an address of no link,       192.168.77.1, 203.0.113.9,      true,  healthy",
        "translated to an address that is lost,     192.168.77.1, 100.64.1.77,      true,  LOST_ADDRESS",
        "lost and never answered,                   192.168.77.1, 100.64.1.77,      false, LOST_ADDRESS",
        "translated to the other uplink,            192.168.77.1, 100.64.1.2,       true,  OTHER_UPLINK",
        "translated to it with another port,        192.168.77.1, 100.64.1.2:1024,  false, OTHER_UPLINK",
        "from the other uplink,                     100.64.1.2,   100.64.1.2,       true,  OTHER_UPLINK",
        "from the LAN and not translated,           192.168.77.1, 192.168.77.1,     true,  NOT_TRANSLATED",
        "port rewritten and never answered,         192.168.77.1, 100.64.2.2:1024,  false, PORT_REWRITTEN",
        "the same address with another port,        100.64.2.2,   100.64.2.2:1024,  false, PORT_REWRITTEN",
        "never answered,                            100.64.2.2,   100.64.2.2,       false, UNREPLIED",
        "masqueraded and never answered,            192.168.77.1, 100.64.2.2,       false, UNREPLIED",
        "from an address of no link in vain,        203.0.113.9,  203.0.113.9,      false, UNREPLIED",
    })
    void saysWhatIsStaleAndWhy(String name, String source, String seen, boolean replied, String expected) {
        assertEquals(expected, verdict(request(), sent(1, source, seen, replied)));
    }

    static Stream<Arguments> notItsOwn() {
        var lost = endpoint("100.64.1.77");
        var tuple = new FlowTuple(6, endpoint(WAN1), PEER, 0);
        return Stream.of(
                Arguments.of("forwarded for the LAN, with the very ports", sent(1, "192.168.77.10", WAN1, false)),
                Arguments.of("to another peer", flow(1, endpoint(WAN1), Endpoint.parse("11.0.9.8:51821"), lost, false)),
                Arguments.of("to another port", flow(1, endpoint(WAN1), Endpoint.parse("11.0.9.9:51822"), lost, false)),
                Arguments.of("from another port", flow(1, Endpoint.parse(WAN1 + ":51819"), PEER, lost, false)),
                Arguments.of(
                        "of another protocol",
                        new Flow(1, tuple, new FlowTuple(6, PEER, endpoint(WAN1), 0), 0, new FlowStatus(8), 0, 30)),
                Arguments.of("of the peer with a LAN's host", flow(1, PEER, endpoint("192.168.77.10"), PEER, false)),
                Arguments.of(
                        "of the peer with another port", flow(1, PEER, Endpoint.parse(WAN1 + ":51819"), PEER, false)),
                Arguments.of("of another peer with us", flow(1, endpoint("11.0.9.8"), endpoint(WAN1), PEER, false)),
                Arguments.of(
                        "redirected to somebody else",
                        new Flow(
                                1,
                                FlowTuple.udp(endpoint(WAN1), PEER),
                                FlowTuple.udp(endpoint("11.0.9.7"), endpoint(WAN1)),
                                0,
                                new FlowStatus(8 | Flows.DST_NAT),
                                0,
                                30)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notItsOwn")
    void leavesAloneWhatIsNotTheTunnelsOwn(String name, Flow flow) {
        var judge = new FlowJudge(request());
        judge.see(flow);
        assertEquals(0, judge.seen());
        assertEquals(List.of(), judge.stale());
    }

    @Test
    void flowThatThePeerBeganIsJudgedByWhereItArrived() {
        assertEquals("healthy", verdict(request(), flow(1, PEER, endpoint(WAN2), PEER, true)));
        assertEquals("OTHER_UPLINK", verdict(request(), flow(1, PEER, endpoint(WAN1), PEER, true)));
        assertEquals("UNREPLIED", verdict(request(), flow(1, PEER, endpoint(WAN2), PEER, false)));
    }

    @Test
    void portThatIsForwardedToOursIsNotRewritten() {
        var forwarded = new Flow(
                1,
                FlowTuple.udp(PEER, Endpoint.parse(WAN2 + ":443")),
                FlowTuple.udp(endpoint(LAN), PEER),
                0,
                new FlowStatus(8 | 2 | Flows.DST_NAT),
                0,
                30);
        assertEquals("healthy", verdict(request(), forwarded));
    }

    @Test
    void neighboursTellThatAFlowWasForgottenByTheRules() {
        var neighbour = flow(2, endpoint(WAN2), Endpoint.parse("11.0.9.8:51821"), endpoint("203.0.113.7"), true);
        var plain = sent(1, WAN2, WAN2, false);
        assertEquals(List.of(new StaleFlow(plain, Staleness.NOT_TRANSLATED)), judge(request(), plain, neighbour));
        assertEquals(List.of(), judge(request(), sent(1, WAN2, WAN2, true), neighbour));
    }

    @Test
    void sameEndsInTwoZonesAreLeftAlone() {
        var one = sent(1, WAN1, WAN1, false);
        var other = new Flow(2, one.original(), one.reply(), 5, one.status(), 0, 30);
        assertEquals(List.of(), judge(request(), one, other));
        assertEquals(1, judge(request(), other).size());
    }

    @Test
    void flowThatWasToldTwiceIsForgottenOnce() {
        var flow = sent(1, WAN1, WAN1, false);
        assertEquals(List.of(new StaleFlow(flow, Staleness.OTHER_UPLINK)), judge(request(), flow, flow));
    }

    @Test
    void sourceThatTheKernelNamesItselfFitsWhereverItIs() {
        var way = uplink(3, "wan2", "100.64.2.1", LAN);
        var request = new ForgetRequest(
                request().tunnel(), way, List.of(way), request().own());
        assertEquals("healthy", verdict(request, sent(1, LAN, LAN, true)));
        assertEquals("healthy", verdict(request, sent(1, LAN, WAN2, true)));
        // Its way out has no default route any more, and is no uplink.
        assertEquals("OTHER_UPLINK", verdict(request, sent(1, LAN, WAN1, true)));
    }

    @Test
    void twoWaysOutOfOneInterfaceAreToldApart() {
        var first = uplink(3, "wan", "100.64.1.1", "100.64.1.5");
        var second = uplink(3, "wan", "100.64.1.254", "100.64.1.6");
        var request = new ForgetRequest(
                request().tunnel(),
                second,
                List.of(first, second),
                List.of(own("100.64.1.5", 3), own("100.64.1.6", 3), own("100.64.1.7", 3)));
        assertEquals("OTHER_UPLINK", verdict(request, sent(1, "100.64.1.5", "100.64.1.5", true)));
        assertEquals("healthy", verdict(request, sent(1, "100.64.1.6", "100.64.1.6", true)));
        assertEquals("healthy", verdict(request, sent(1, "100.64.1.7", "100.64.1.7", true)));
    }

    @Test
    void ofASocketThatSpeaksWithManyEachFlowIsJudgedAndTheLanLeftAlone() {
        var one = request();
        var request = new ForgetRequest(
                new TunnelEnds(Set.of(PORT), IpFamily.V4, Optional.empty()), one.path(), one.uplinks(), one.own());
        var here = endpoint(WAN2);
        var rewritten = Endpoint.parse(WAN2 + ":1024");
        var laptop = flow(1, here, Endpoint.parse("203.0.113.50:41641"), rewritten, false);
        var relay = flow(2, here, Endpoint.parse("203.0.113.60:3478"), here, true);
        var before = flow(3, endpoint(WAN1), Endpoint.parse("203.0.113.70:41641"), endpoint(WAN1), true);
        var lan = flow(4, endpoint(LAN), Endpoint.parse("192.168.77.20:41641"), endpoint(LAN), true);
        var forwarded = flow(5, endpoint("192.168.77.20"), Endpoint.parse("203.0.113.80:41641"), rewritten, false);
        assertEquals(
                List.of(Staleness.PORT_REWRITTEN, Staleness.OTHER_UPLINK),
                judge(request, laptop, relay, before, lan, forwarded).stream()
                        .map(StaleFlow::why)
                        .toList());
        assertEquals(1, new FlowJudge(request).filters().size());
    }

    @Test
    void anotherAddressOfThePrefixIsTheSameWayOfIpv6() {
        var peer = Endpoint.parse("[2a0f:9::9]:51820");
        var first = uplink(2, "wan1", "fe80::1", "2a0e:1::2");
        var second = uplink(3, "wan2", "fe80::2", "2a0e:2::2");
        var request = new ForgetRequest(
                new TunnelEnds(Set.of(PORT), peer),
                second,
                List.of(first, second),
                List.of(own("2a0e:1::2", 2), own("2a0e:2::2", 3), own("2a0e:2::77", 3)));
        for (var own : request.own()) {
            var source = new Endpoint(own.address(), PORT);
            assertEquals(
                    own.interfaceIndex() == 3 ? "healthy" : "OTHER_UPLINK",
                    verdict(request, flow(1, source, peer, source, true)));
        }
    }

    @Test
    void addressesOfLoopbackAndDummyAreNoLinks() {
        var addresses = List.of(address(1, "203.0.113.1"), address(2, WAN1), address(9, "203.0.113.9"));
        assertEquals(
                List.of(true, false, true),
                OwnAddress.of(addresses, List.of(link(1, ""), link(2, "veth"), link(9, "dummy"))).stream()
                        .map(OwnAddress::everywhere)
                        .toList());
    }

    private static Address address(int link, String text) {
        return new Address(link, IpAddress.parse(text), 24, Optional.empty(), 0, 0);
    }

    private static Link link(int index, String kind) {
        return new Link(
                index,
                "i" + index,
                1,
                OperState.UP,
                1,
                kind,
                1500,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    /** Whatever a table holds: what is stale is the tunnel's own, and was not answered over its way. */
    @Test
    void neverNamesAFlowThatIsHealthyOrSomebodyElses() {
        long seed = Long.getLong("seed", new SecureRandom().nextLong());
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var hosts = List.of(WAN1, WAN2, LAN, Flows.DUMMY, "192.168.77.10", "100.64.1.77", "11.0.9.9", "11.0.9.8");
        int named = 0;
        for (int round = 0; round < 2_000; round++) {
            var flows = new ArrayList<Flow>();
            for (int i = 0; i < 10; i++) {
                flows.add(flow(i, any(random, hosts), any(random, hosts), any(random, hosts), random.nextBoolean()));
            }
            var request = request();
            var ours = request.own().stream().map(OwnAddress::address).toList();
            for (var stale : judge(request, flows.toArray(Flow[]::new))) {
                named++;
                var flow = stale.flow();
                var mine = flow.original().source().equals(PEER)
                        ? flow.reply().source()
                        : flow.original().source();
                assertTrue(ours.contains(mine.address()) && mine.port() == PORT, stale::toString);
                assertTrue(
                        flow.original().source().equals(PEER)
                                || flow.original().destination().equals(PEER),
                        stale::toString);
                var seen = flow.original().source().equals(PEER)
                        ? flow.original().destination()
                        : flow.reply().destination();
                assertTrue(
                        !flow.status().isReplied()
                                || !seen.address().equals(request.path().source()),
                        stale::toString);
            }
        }
        assertTrue(named > 100, "some are: " + named);
    }

    private static Endpoint any(Random random, List<String> hosts) {
        return new Endpoint(IpAddress.parse(hosts.get(random.nextInt(hosts.size()))), PORT + random.nextInt(2));
    }
}
