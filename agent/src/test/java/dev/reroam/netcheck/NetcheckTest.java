package dev.reroam.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.netcheck.GatewayReport.Speaks;
import dev.reroam.netcheck.Netcheck.Event;
import dev.reroam.netcheck.ServerReport.Result;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.stun.NatBehaviour.Finding;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.PathMtu;
import dev.reroam.stun.SimulatedStun.Server;
import dev.reroam.stun.StunServer;
import dev.reroam.uplink.Uplink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole of a check on virtual time: whom it asks, how long it takes, and what silence means. */
class NetcheckTest {

    private final World world = new World();

    @Test
    void takesTheLeastOfThreeRoundTrips() {
        var server = world.withUsualServers().only().servers().getFirst();
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
        var report = world.withUsualServers().run();
        assertEquals(2, report.uplinks().size());
        assertTrue(report.took().toMillis() <= boundMillis, () -> report.took().toString());
    }

    @Test
    void nothingAnsweringIsUnknownWithinThreeSeconds() {
        world.withUsualServers();
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
        world.withUsualServers();
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
        world.withUsualServers();
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
        world.withUsualServers();
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
        world.withUsualServers();
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

    @Test
    void asksIpv6GatewaysInPcpAlone() {
        world.targets.set(0, new Target(World.V6, 1500));
        world.withUsualServers().run();
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
        var report = world.withUsualServers().only();
        assertEquals(List.of(), report.gateway().protocols());
        assertEquals(new PathMtu(OptionalInt.of(1492), OptionalInt.empty()), report.mtu());
    }

    @Test
    void nobodyWaitsForTheNat64Alone() {
        world.targets.set(0, new Target(World.V6, 1500));
        world.silentNames.add(Nat64.KNOWN_NAME);
        world.roundTripMillis = 2;
        world.nameMillis = 2;
        var report = world.withUsualServers().run();
        assertTrue(report.took().toMillis() <= 400, () -> report.took().toString());
        assertEquals(List.of(), report.uplinks().getFirst().nat64());
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
        world.withUsualServers();
        world.names.put("two.example", List.of("198.51.100.4"));
        assertEquals(
                Optional.of("no IPv6 address"), world.only().servers().get(1).why());
    }

    @Test
    void measuresTheLifetimeAfterEverythingElseAndOnlyOnRequest() {
        world.withUsualServers();
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
        assertEquals(List.of(), world.withUsualServers().run().uplinks());
        assertEquals(List.of(), world.asked);
    }

    @Test
    void asksNothingTwice() {
        world.targets.add(new Target(World.V6, 1500));
        world.withUsualServers().run();
        assertEquals(world.asked.stream().distinct().toList(), world.asked);
    }

    @Test
    void asksNoMoreThanTwoServersForTheMtu() {
        world.withUsualServers().run();
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
