package dev.reroam.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.netcheck.GatewayReport.Speaks;
import dev.reroam.netcheck.GatewayReport.Spoken;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Finding;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.PathMtu;
import dev.reroam.stun.SimulatedStun.Habits;
import dev.reroam.stun.SimulatedStun.Server;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a check finds of an uplink: its NAT, its gateway, a portal in its way, its MTU. */
class FindingsTest {

    private final World world = new World();

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
        var report = world.withUsualServers().only();
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
        var report = world.withUsualServers().only();
        assertEquals(new UplinkReport.Judgement(found, why), report.doubleNat());
    }

    @Test
    void withoutTranslationThereIsNoDoubleNat() {
        world.habits = new Habits(false, Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, false, true);
        world.speaks.clear();
        var report = world.withUsualServers().only();
        assertEquals(Finding.NO, report.nat().translated());
        assertEquals(Finding.NO, report.doubleNat().found());
    }

    @Test
    void saysWhichProtocolsTheGatewaySpeaks() {
        world.speaks.remove(Protocol.PCP);
        var gateway = world.withUsualServers().only().gateway();
        assertEquals(Optional.of("Acme Router"), gateway.model());
        assertEquals(
                Map.of(Protocol.PCP, Speaks.NO, Protocol.NAT_PMP, Speaks.YES, Protocol.UPNP, Speaks.YES),
                gateway.protocols().stream()
                        .collect(java.util.stream.Collectors.toMap(Spoken::protocol, Spoken::speaks)));
        assertEquals(List.of(IpAddress.parse("203.0.113.7")), gateway.externalAddresses());
    }

    @Test
    void findsTheMtuOfTheWay() {
        world.pathMtu = 1454;
        assertEquals(
                new PathMtu(OptionalInt.of(1452), OptionalInt.of(1456)),
                world.withUsualServers().only().mtu());
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
        var portal = world.withUsualServers().only().portal();
        assertEquals(found, portal.found());
        assertEquals(Optional.ofNullable(location), portal.location());
    }

    @Test
    void noConnectionToThePageIsUnknown() {
        world.page = Optional.of(new PortalAnswer.None("connection refused"));
        assertEquals(Finding.UNKNOWN, world.withUsualServers().only().portal().found());
        world.page = Optional.of(new PortalAnswer.Garbled());
        assertEquals(Finding.UNKNOWN, world.only().portal().found());
    }

    @Test
    void aPageWithoutAnAddressOfTheFamilySaysSo() {
        world.targets.set(0, new Target(World.V6, 1500));
        world.names.put("portal.example", List.of("198.51.100.200"));
        assertEquals(
                "portal.example: no IPv6 address",
                world.withUsualServers().only().portal().why());
    }

    @Test
    void findsThePrefixThatTranslatesToIpv4() {
        world.targets.set(0, new Target(World.V6, 1500));
        world.names.put(Nat64.KNOWN_NAME, List.of("64:ff9b::c000:aa", "64:ff9b::c000:ab"));
        assertEquals(
                List.of(IpPrefix.parse("64:ff9b::/96")),
                world.withUsualServers().only().nat64());
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
}
