package dev.reroam.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.netcheck.GatewayReport.Speaks;
import dev.reroam.netcheck.GatewayReport.Spoken;
import dev.reroam.netcheck.Netcheck.Event;
import dev.reroam.netcheck.ServerReport.Result;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Finding;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.PathMtu;
import dev.reroam.stun.SimulatedStun.Habits;
import dev.reroam.stun.SimulatedStun.Server;
import dev.reroam.stun.StunServer;
import dev.reroam.uplink.Uplink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole of a check on virtual time: what it finds, and how long it takes. */
class NetcheckTest {

    private final World world = new World();

    private World usual() {
        return world.with("one.example", Server.TWO_ADDRESSES)
                .with("two.example", Server.ORDINARY)
                .with("three.example", Server.ORDINARY);
    }

    static Stream<Habits> grid() {
        var mappings =
                List.of(Mapping.ENDPOINT_INDEPENDENT, Mapping.ADDRESS_DEPENDENT, Mapping.ADDRESS_AND_PORT_DEPENDENT);
        var filterings = List.of(
                Filtering.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_DEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT);
        return mappings.stream()
                .flatMap(mapping -> filterings.stream()
                        .flatMap(filtering ->
                                Stream.of(true, false).map(yes -> new Habits(true, mapping, filtering, yes, yes))));
    }

    @ParameterizedTest
    @MethodSource("grid")
    void saysWhatTheNatDoes(Habits habits) {
        world.habits = habits;
        var report = usual().only();
        assertEquals(Finding.YES, report.udp());
        assertEquals(Finding.YES, report.nat().translated());
        assertEquals(habits.mapping(), report.nat().mapping());
        assertEquals(habits.filtering(), report.nat().filtering());
        assertEquals(habits.hairpins() ? Finding.YES : Finding.NO, report.nat().hairpin());
        assertEquals(List.of(IpAddress.parse("203.0.113.7")), report.publicAddresses());
    }

    @Test
    void severalOrdinaryServersStillShowTheMapping() {
        world.with("one.example", Server.ORDINARY).with("two.example", Server.ORDINARY);
        var easy = world.only();
        assertEquals(Mapping.ENDPOINT_INDEPENDENT, easy.nat().mapping());
        assertEquals(Filtering.UNKNOWN, easy.nat().filtering());
        assertEquals(Finding.NO, easy.nat().hairpin());
        world.habits = new Habits(true, Mapping.ADDRESS_DEPENDENT, Filtering.ADDRESS_DEPENDENT, true, false);
        var hard = world.only();
        assertEquals(Mapping.DEPENDENT, hard.nat().mapping());
        assertEquals(Finding.YES, hard.nat().hairpin());
        assertEquals(Finding.NO, hard.nat().portPreserved());
    }

    @Test
    void takesTheLeastOfThreeRoundTrips() {
        var server = usual().only().servers().getFirst();
        assertEquals(Result.ANSWERED, server.result());
        assertEquals(40 * World.MS, server.latencyNanos().orElseThrow());
        // Three of its own, and the first question of the discovery.
        assertEquals(Netcheck.SAMPLES + 1, server.samples());
    }

    @ParameterizedTest(name = "round trip {0} ms: {1} ms at most")
    @CsvSource({"2, 400", "40, 540"})
    void twoUplinksWithEverythingAnsweringAreWithinTheBound(int roundTripMillis, int boundMillis) {
        world.roundTripMillis = roundTripMillis;
        world.nameMillis = roundTripMillis;
        world.targets.add(new Target(
                new Uplink(4, "wan1", Optional.of(IpAddress.parse("192.0.2.1")), IpAddress.parse("192.0.2.2")), 1500));
        var report = usual().run();
        assertEquals(2, report.uplinks().size());
        assertTrue(report.took().toMillis() <= boundMillis, () -> report.took().toString());
    }

    @Test
    void nothingAnsweringIsUnknownWithinThreeSeconds() {
        usual();
        world.there.replaceAll((at, server) -> Server.SILENT);
        world.speaks.clear();
        world.page = Optional.empty();
        var report = world.run();
        assertTrue(
                report.took().compareTo(Duration.ofSeconds(3)) <= 0,
                () -> report.took().toString());
        var uplink = report.uplinks().getFirst();
        assertEquals(Finding.UNKNOWN, uplink.udp());
        assertEquals(Optional.of("no server answers"), uplink.udpWhy());
        assertEquals(Finding.UNKNOWN, uplink.nat().translated());
        assertEquals(Finding.UNKNOWN, uplink.doubleNat().found());
        assertEquals(Finding.UNKNOWN, uplink.portal().found());
        assertEquals(PathMtu.UNKNOWN, uplink.mtu());
        assertTrue(uplink.servers().stream().allMatch(server -> server.result() == Result.SILENT));
        assertTrue(uplink.gateway().protocols().stream().allMatch(spoken -> spoken.speaks() == Speaks.SILENT));
    }

    @Test
    void noNameServerAnsweringIsUnknownWithinThreeSeconds() {
        usual();
        world.silentNames.addAll(Set.of("one.example", "two.example", "three.example", "portal.example"));
        var report = world.run();
        assertTrue(
                report.took().compareTo(Duration.ofSeconds(3)) <= 0,
                () -> report.took().toString());
        var uplink = report.uplinks().getFirst();
        assertEquals(Finding.UNKNOWN, uplink.udp());
        assertEquals(Optional.of("no server's name resolves"), uplink.udpWhy());
        assertEquals(
                Optional.of("no name server answers"),
                uplink.servers().getFirst().why());
        assertEquals("portal.example: no name server answers", uplink.portal().why());
    }

    @Test
    void namesThatDoNotResolveAreSaidAndTheOtherServersUsed() {
        usual();
        world.names.remove("one.example");
        world.silentNames.add("two.example");
        var report = world.only();
        assertEquals(Finding.YES, report.udp());
        assertEquals(
                List.of(Result.UNRESOLVED, Result.UNRESOLVED, Result.ANSWERED),
                report.servers().stream().map(ServerReport::result).toList());
        assertEquals(
                List.of("no such name", "no name server answers"),
                report.servers().stream()
                        .flatMap(server -> server.why().stream())
                        .toList());
        // One server sees one mapping: it cannot be compared, and is not guessed.
        assertEquals(Mapping.UNKNOWN, report.nat().mapping());
        assertEquals(Finding.YES, report.nat().translated());
    }

    @Test
    void aServerThatTheKernelSendsElsewhereIsNotAsked() {
        usual();
        var elsewhere = Endpoint.parse("198.51.100.2:3478");
        world.obstacles.put(elsewhere, "goes by another interface, #9");
        var report = world.only();
        assertEquals(Result.OTHER_WAY, report.servers().getFirst().result());
        assertEquals(
                Optional.of("goes by another interface, #9"),
                report.servers().getFirst().why());
        assertTrue(world.asked.stream()
                .noneMatch(question -> (question instanceof Question.Latency latency
                                && latency.server().equals(elsewhere))
                        || (question instanceof Question.Nat nat
                                && nat.servers().contains(elsewhere))));
    }

    @Test
    void nothingIsAskedThatTheKernelDoesNotConfirm() {
        usual();
        world.there.keySet().forEach(at -> world.obstacles.put(at, "no way: ENETUNREACH"));
        world.obstacles.put(Endpoint.parse("198.51.100.200:80"), "no way: ENETUNREACH");
        var report = world.only();
        assertEquals(Finding.UNKNOWN, report.udp());
        assertEquals(Optional.of("no way: ENETUNREACH"), report.udpWhy());
        assertEquals("no way: ENETUNREACH", report.portal().why());
        assertTrue(world.asked.stream()
                .allMatch(question -> question instanceof Question.Lookup
                        || question instanceof Question.Way
                        || question instanceof Question.Gateway));
    }

    @ParameterizedTest(name = "a gateway that says {0} where servers see 203.0.113.7: {1}")
    @CsvSource({
        "203.0.113.7, NO, gateway and servers say the same address",
        "203.0.113.9, YES, the gateway says that its address outside is 203.0.113.9",
        "10.1.2.3, YES, 'the gateway''s own address outside, 10.1.2.3, is private'",
        "192.168.0.7, YES, 'the gateway''s own address outside, 192.168.0.7, is private'",
        "100.64.3.4, YES, 'the provider translates too: the gateway''s address outside is 100.64.3.4'",
        "0.0.0.0, UNKNOWN, the gateway does not say its address outside",
        "127.0.0.1, UNKNOWN, the gateway does not say its address outside",
    })
    void judgesDoubleNat(String says, Finding found, String why) {
        world.speaks.remove(Protocol.UPNP);
        world.gatewaySays = Optional.of(says);
        var report = usual().only();
        assertEquals(new UplinkReport.Judgement(found, why), report.doubleNat());
    }

    @Test
    void withoutTranslationThereIsNoDoubleNat() {
        world.habits = new Habits(false, Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, false, true);
        world.speaks.clear();
        var report = usual().only();
        assertEquals(Finding.NO, report.nat().translated());
        assertEquals(Finding.NO, report.doubleNat().found());
    }

    @Test
    void saysWhichProtocolsTheGatewaySpeaks() {
        world.speaks.remove(Protocol.PCP);
        var gateway = usual().only().gateway();
        assertEquals(Optional.of("Acme Router"), gateway.model());
        assertEquals(
                Map.of(Protocol.PCP, Speaks.NO, Protocol.NAT_PMP, Speaks.YES, Protocol.UPNP, Speaks.YES),
                gateway.protocols().stream()
                        .collect(java.util.stream.Collectors.toMap(Spoken::protocol, Spoken::speaks)));
        assertEquals(List.of(IpAddress.parse("203.0.113.7")), gateway.externalAddresses());
    }

    @Test
    void asksIpv6GatewaysInPcpAlone() {
        world.targets.set(0, new Target(World.V6, 1500));
        usual().run();
        assertEquals(
                List.of(Protocol.PCP),
                world.asked.stream()
                        .filter(Question.Gateway.class::isInstance)
                        .map(question -> ((Question.Gateway) question).protocol())
                        .toList());
    }

    @Test
    void asksNoGatewayWhereThereIsNone() {
        world.targets.set(0, new Target(new Uplink(5, "ppp0", Optional.empty(), World.V4.source()), 1492));
        var report = usual().only();
        assertEquals(List.of(), report.gateway().protocols());
        assertEquals(new PathMtu(OptionalInt.of(1492), OptionalInt.empty()), report.mtu());
    }

    @Test
    void findsTheMtuOfTheWay() {
        world.pathMtu = 1454;
        assertEquals(
                new PathMtu(OptionalInt.of(1452), OptionalInt.of(1456)),
                usual().only().mtu());
    }

    @ParameterizedTest(name = "status {0} with Location {1}, empty {2}: {3}")
    @CsvSource({
        "204, , false, NO",
        "200, , true, NO",
        "200, , false, YES",
        "302, http://login.example/, false, YES",
        "511, , false, YES",
        "404, , false, UNKNOWN",
        "503, , true, UNKNOWN",
    })
    void judgesThePage(int status, String location, boolean empty, Finding found) {
        world.page = Optional.of(new PortalAnswer.Http(status, Optional.ofNullable(location), empty));
        var portal = usual().only().portal();
        assertEquals(found, portal.found());
        assertEquals(Optional.ofNullable(location), portal.location());
    }

    @Test
    void noConnectionToThePageIsUnknown() {
        world.page = Optional.of(new PortalAnswer.None("connection refused"));
        assertEquals(Finding.UNKNOWN, usual().only().portal().found());
        world.page = Optional.of(new PortalAnswer.Garbled());
        assertEquals(Finding.UNKNOWN, world.only().portal().found());
    }

    @Test
    void findsThePrefixThatTranslatesToIpv4() {
        world.targets.set(0, new Target(World.V6, 1500));
        world.names.put(Nat64.KNOWN_NAME, List.of("64:ff9b::c000:aa", "64:ff9b::c000:ab"));
        assertEquals(List.of(IpPrefix.parse("64:ff9b::/96")), usual().only().nat64());
    }

    @ParameterizedTest
    @CsvSource({
        "wan0, 192.0.0.4, true",
        "clat, 10.0.0.1, true",
        "464-wan6, 10.0.0.1, true",
        "v4-wlan0, 10.0.0.1, true",
        "wan0, 192.0.0.8, false",
        "clat, 2001:db8::1, false"
    })
    void recognises464Xlat(String name, String source, boolean clat) {
        var uplink = new Uplink(3, name, Optional.empty(), IpAddress.parse(source));
        assertEquals(clat, new Target(uplink, 1500).isClat());
    }

    @Test
    void nobodyWaitsForTheNat64Alone() {
        world.targets.set(0, new Target(World.V6, 1500));
        world.silentNames.add(Nat64.KNOWN_NAME);
        world.roundTripMillis = 2;
        world.nameMillis = 2;
        var report = usual().run();
        assertTrue(report.took().toMillis() <= 400, () -> report.took().toString());
        assertEquals(List.of(), report.uplinks().getFirst().nat64());
    }

    @Test
    void aPageWithoutAnAddressOfTheFamilySaysSo() {
        world.targets.set(0, new Target(World.V6, 1500));
        world.names.put("portal.example", List.of("198.51.100.200"));
        assertEquals("portal.example: no IPv6 address", usual().only().portal().why());
    }

    @Test
    void literalServersOfTheOtherFamilyAreLeftOut() {
        world.servers.add(StunServer.parse("[2001:db8::9]:3478"));
        world.servers.add(StunServer.parse("198.51.100.9"));
        world.there.put(Endpoint.parse("198.51.100.9:3478"), Server.ORDINARY);
        var report = world.only();
        assertEquals(1, report.servers().size());
        assertEquals(Result.ANSWERED, report.servers().getFirst().result());
    }

    @Test
    void aNameWithoutAnAddressOfTheFamilySaysSo() {
        world.targets.set(0, new Target(World.V6, 1500));
        usual();
        world.names.put("two.example", List.of("198.51.100.4"));
        assertEquals(
                Optional.of("no IPv6 address"), world.only().servers().get(1).why());
    }

    @Test
    void measuresTheLifetimeAfterEverythingElseAndOnlyOnRequest() {
        usual();
        assertEquals(Optional.empty(), world.only().lifetime());
        world.asked.clear();
        world.bindingLifetime = true;
        assertEquals(
                Duration.ofSeconds(30),
                world.only().lifetime().orElseThrow().aliveAfter().orElseThrow());
        assertTrue(world.asked.getLast() instanceof Question.Memory);
    }

    @Test
    void withoutUplinksThereIsNothingToAsk() {
        world.targets.clear();
        assertEquals(List.of(), usual().run().uplinks());
        assertEquals(List.of(), world.asked);
    }

    @Test
    void asksNothingTwice() {
        world.targets.add(new Target(World.V6, 1500));
        usual().run();
        assertEquals(world.asked.stream().distinct().toList(), world.asked);
    }

    @Test
    void asksNoMoreThanTwoServersForTheMtu() {
        usual().run();
        assertEquals(
                2, world.asked.stream().filter(Question.Mtu.class::isInstance).count());
    }

    @Test
    void whatIsToldTwiceOrUnaskedChangesNothing() {
        var start =
                Netcheck.start(new Wish(List.of(new Target(World.V4, 1500)), List.of(), Optional.empty(), false), 0);
        var question = new Question.Gateway(World.V4, Protocol.PCP);
        var told = start.state().step(new Event.Told(question, new Answer.TooLate()), 1);
        var again = told.state().step(new Event.Told(question, new Answer.Impossible("no")), 2);
        assertEquals(told.state(), again.state());
        var stray = new Question.Gateway(World.V6, Protocol.PCP);
        assertEquals(
                told.state(),
                told.state()
                        .step(new Event.Told(stray, new Answer.TooLate()), 2)
                        .state());
    }

    @Test
    void aStallOfTheLoopGivesUpEachQuestionOnce() {
        var start = Netcheck.start(
                new Wish(List.of(new Target(World.V4, 1500)), StunServer.DEFAULTS, Optional.empty(), false), 0);
        var late = start.state().step(new Event.TimePassed(), 60_000 * World.MS);
        assertEquals(
                start.state().asked().size(), late.effects().stream().distinct().count());
        assertEquals(
                List.of(),
                late.state().step(new Event.TimePassed(), 61_000 * World.MS).effects());
    }
}
