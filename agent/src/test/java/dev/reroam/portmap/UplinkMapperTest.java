package dev.reroam.portmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Wanted;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By which protocol a port is mapped, for how long, and that nothing stays of it. */
class UplinkMapperTest {

    private static final int PORT = 51820;
    private static final Wanted WANTED = Wanted.udp(PORT);

    private final SimulatedUplink uplink = new SimulatedUplink(20261121);
    private final SimulatedGateway gateway = uplink.gateway;

    @Test
    void gatewayOfAllProtocolsIsMappedByPcpWithinMilliseconds() {
        uplink.want(PORT).pass(5, TimeUnit.MILLISECONDS);
        assertEquals(Protocol.PCP, uplink.only().source());
        assertEquals("198.51.100.7:51820", uplink.only().external().toString());
        uplink.pass(10, TimeUnit.SECONDS);
        assertEquals(1, gateway.ours(uplink.now));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gatewayOfNatPmpAloneIsMappedWithin30Milliseconds(boolean ignoresPcp) {
        gateway.ignoresOtherVersions = ignoresPcp;
        gateway.speaksOnly(Protocol.NAT_PMP);
        uplink.want(PORT).pass(30, TimeUnit.MILLISECONDS);
        assertEquals(Protocol.NAT_PMP, uplink.only().source());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void gatewayOfUpnpAloneIsMappedWithinASecond(int igd) {
        gateway.igd = igd;
        gateway.speaksOnly(Protocol.UPNP);
        uplink.want(PORT).pass(1, TimeUnit.SECONDS);
        assertEquals(Protocol.UPNP, uplink.only().source());
    }

    /** At 10 ms a way, by which the search alone would take longer. */
    @Test
    void knownUpnpDeviceIsMappedWithin150Milliseconds() {
        gateway.speaksOnly(Protocol.UPNP);
        gateway.ignoresOtherVersions = true;
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        var known = Known.of(uplink.mapper);
        assertEquals(Set.of(Protocol.PCP, Protocol.NAT_PMP), known.silent());
        var next = new SimulatedUplink(7);
        next.gateway.speaks.retainAll(Set.of(Protocol.UPNP));
        next.gateway.delayNanos = TimeUnit.MILLISECONDS.toNanos(10);
        next.mapper = next.mapper.knowing(known);
        next.want(PORT).pass(150, TimeUnit.MILLISECONDS);
        assertEquals(Protocol.UPNP, next.only().source());
    }

    @Test
    void knownDeviceThatIsElsewhereNowIsLookedFor() {
        gateway.speaksOnly(Protocol.UPNP);
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        var known = Known.of(uplink.mapper);
        var next = new SimulatedUplink(7);
        next.gateway.speaks.retainAll(Set.of(Protocol.NAT_PMP));
        next.mapper = next.mapper.knowing(known);
        next.want(PORT).pass(5, TimeUnit.SECONDS);
        assertEquals(Protocol.NAT_PMP, next.only().source(), "and what was silent is heard");
    }

    @ParameterizedTest
    @EnumSource
    void mappingIsRenewedAtHalfItsLifeAndStays(Protocol protocol) {
        gateway.speaksOnly(protocol);
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        int before = uplink.heard();
        for (int hour = 0; hour < 48; hour++) {
            uplink.pass(1, TimeUnit.HOURS);
            assertEquals(1, gateway.ours(uplink.now), "in hour " + hour);
        }
        int perDay = (uplink.heard() - before) / 2;
        // One to three questions an hour, and with UPnP the subscription's renewal every 15 minutes.
        assertTrue(perDay >= 20 && perDay <= 24 * 8, perDay + " a day");
        assertEquals(1, uplink.count(News.Mapped.class));
        assertEquals(0, uplink.count(News.Lost.class));
    }

    @ParameterizedTest
    @EnumSource
    void stopLeavesNothing(Protocol protocol) {
        gateway.speaksOnly(protocol);
        uplink.want(PORT, 41641, 7).pass(1, TimeUnit.MINUTES);
        assertEquals(3, gateway.ours(uplink.now));
        assertEquals(Set.of(), uplink.stop());
        assertEquals(0, gateway.ours(uplink.now));
        assertEquals(Long.MAX_VALUE, uplink.mapper.dueAt());
    }

    @Test
    void stopInTheMiddleOfAMappingLeavesNothing() {
        gateway.delayNanos = TimeUnit.MILLISECONDS.toNanos(100);
        for (int millis = 0; millis < 1500; millis += 50) {
            var one = new SimulatedUplink(millis);
            one.gateway.delayNanos = gateway.delayNanos;
            one.want(PORT).pass(millis, TimeUnit.MILLISECONDS);
            assertEquals(Set.of(), one.stop());
            assertEquals(0, one.gateway.ours(one.now), "stopped after " + millis + " ms");
        }
    }

    @Test
    void stopTowardsASilentGatewayEndsIn2SecondsAndSaysWhatIsLeft() {
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        gateway.silent = true;
        long from = uplink.now;
        assertEquals(Set.of(WANTED), uplink.stop());
        assertEquals(Stopping.SILENT, uplink.toldAt - from);
    }

    /** Each deletion takes it two round trips. */
    @Test
    void stopWaitsForASlowGatewayThatAnswers() {
        gateway.speaksOnly(Protocol.UPNP);
        gateway.delayNanos = TimeUnit.MILLISECONDS.toNanos(450);
        uplink.want(PORT, 41641).pass(1, TimeUnit.MINUTES);
        assertEquals(2, gateway.ours(uplink.now));
        assertEquals(Set.of(), uplink.stop());
        assertEquals(0, gateway.ours(uplink.now));
    }

    @Test
    void stopTowardsAGatewayThatIsSlowAtEveryPortEnds() {
        gateway.speaksOnly(Protocol.UPNP);
        gateway.delayNanos = TimeUnit.MILLISECONDS.toNanos(450);
        uplink.want(PORT, 41641, 7, 8, 9, 10, 11).pass(1, TimeUnit.MINUTES);
        assertEquals(7, gateway.ours(uplink.now));
        long from = uplink.now;
        assertNotEquals(Set.of(), uplink.stop());
        assertEquals(Stopping.SLOW, uplink.toldAt - from);
    }

    @Test
    void portThatIsNotWantedAnyMoreIsTakenBack() {
        uplink.want(PORT, 41641).pass(1, TimeUnit.MINUTES).want(41641).pass(1, TimeUnit.SECONDS);
        assertEquals(1, gateway.ours(uplink.now));
        assertEquals(Wanted.udp(41641), uplink.only().wanted());
    }

    @Test
    void refusalByOneIsFollowedByTheNextAndNeverByTwoMappings() {
        gateway.refuses.add(Protocol.PCP);
        uplink.want(PORT).pass(1, TimeUnit.SECONDS);
        assertEquals(Protocol.NAT_PMP, uplink.only().source());
        assertEquals(1, gateway.ours(uplink.now));
        assertEquals(1, gateway.mostOurs);
    }

    @Test
    void renewalThatIsRefusedIsTakenBackBeforeTheNextProtocolMaps() {
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        gateway.refuses.add(Protocol.PCP);
        uplink.pass(2, TimeUnit.HOURS);
        assertEquals(Protocol.NAT_PMP, uplink.only().source());
        assertEquals(1, gateway.mostOurs);
        assertEquals(1, gateway.ours(uplink.now));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "169.254.7.7", "224.0.0.1"})
    void addressThatCannotBeTrueIsRefusedAndNothingStays(String address) {
        gateway.external = address;
        uplink.want(PORT).pass(5, TimeUnit.MINUTES);
        assertEquals(0, uplink.mapper.mappings().size());
        assertEquals(0, gateway.ours(uplink.now));
        assertTrue(uplink.news.stream()
                .anyMatch(n -> n instanceof News.Refused r && r.refusal() == Refusal.UNBELIEVABLE));
        int before = uplink.heard();
        uplink.pass(1, TimeUnit.HOURS);
        assertTrue(uplink.heard() - before < 12 * 60, (uplink.heard() - before) + " an hour");
        assertTrue(gateway.mostOurs <= 1);
    }

    @Test
    void privateAddressIsKeptAndSaidToBeOne() {
        gateway.external = "10.1.2.3";
        uplink.want(PORT).pass(1, TimeUnit.SECONDS);
        assertEquals(
                dev.reroam.portmap.gateway.AddressKind.PRIVATE, uplink.only().kind());
    }

    @ParameterizedTest
    @EnumSource
    void answersAfter900MillisecondsAreGoodEnough(Protocol protocol) {
        gateway.speaksOnly(protocol);
        gateway.delayNanos = TimeUnit.MILLISECONDS.toNanos(450);
        uplink.want(PORT).pass(15, TimeUnit.SECONDS);
        assertEquals(1, gateway.ours(uplink.now));
        assertEquals(1, gateway.mostOurs);
        assertEquals(protocol, uplink.only().source());
    }

    @Test
    void answersFromAnotherPortDoNotCountAndAreNotAskedForTightly() {
        gateway.answersFrom = 5352;
        gateway.speaks.remove(Protocol.UPNP);
        uplink.want(PORT).pass(1, TimeUnit.HOURS);
        assertEquals(0, uplink.mapper.mappings().size());
        assertTrue(uplink.mapper.counts().dropped() > 4);
        assertTrue(uplink.heard() < 300, uplink.heard() + " in the first hour");
    }

    @Test
    void changeOfVersionIsFollowed() {
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        gateway.speaksOnly(Protocol.NAT_PMP);
        gateway.reboot(uplink.now);
        uplink.pass(2, TimeUnit.HOURS);
        assertEquals(Protocol.NAT_PMP, uplink.only().source());
        assertEquals(1, gateway.mostOurs);
        assertEquals(1, gateway.ours(uplink.now));
    }

    @Test
    void ipv6UplinkSpeaksPcpAlone() {
        var v6 = UplinkMapper.of(
                IpAddress.parse("fe80::1"),
                IpAddress.parse("2001:db8::2"),
                new dev.reroam.portmap.pcp.PcpNonce(1, 2),
                false,
                new dev.reroam.portmap.gateway.Chance(1),
                0);
        assertEquals(Set.of(Protocol.PCP), v6.clients().keySet());
        var step = v6.step(new MapperEvent.Want(Set.of(WANTED)), 0);
        assertInstanceOf(MapperEffect.Send.class, step.effects().getFirst());
    }
}
