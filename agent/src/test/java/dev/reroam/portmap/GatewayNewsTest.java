package dev.reroam.portmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Protocol;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a gateway says, or shows that it forgot, is heard and told; and it is not asked more for it than it may be. */
class GatewayNewsTest {

    private static final int PORT = 51820;

    private final SimulatedUplink uplink = new SimulatedUplink(20261121);
    private final SimulatedGateway gateway = uplink.gateway;

    /** As with mode = "observe": by the answer to one question a later announcement shows that the table was lost. */
    @Test
    void lossIsHeardWhereNothingShallBeMapped() {
        uplink.step(new MapperEvent.Greet());
        uplink.pass(1, TimeUnit.HOURS);
        assertTrue(uplink.heard() <= 20, uplink.heard() + " questions");
        int before = uplink.heard();
        gateway.reboot(uplink.now);
        uplink.announce();
        assertEquals(1, uplink.count(News.Forgot.class));
        assertEquals(0, gateway.ours(uplink.now));
        assertTrue(uplink.heard() - before < 10);
    }

    /** As with portmap.enabled = false. */
    @Test
    void announcementsAreHeardWhereNothingMayBeAsked() {
        gateway.speaks.remove(Protocol.UPNP);
        uplink.announce();
        assertEquals(1, uplink.count(News.Announced.class));
        gateway.external = "198.51.100.99";
        uplink.pass(2, TimeUnit.SECONDS);
        uplink.announce();
        uplink.pass(1, TimeUnit.HOURS);
        assertEquals(1, uplink.count(News.ExternalAddressChanged.class));
        gateway.speaksOnly(Protocol.UPNP);
        uplink.announce();
        gateway.reboot(uplink.now);
        uplink.announce();
        assertEquals(1, uplink.count(News.Forgot.class));
        assertEquals(0, uplink.heard());
    }

    @Test
    void announcementAfterARebootMapsAnewAtOnceAndTellsIt() {
        uplink.want(PORT, 41641).pass(1, TimeUnit.HOURS);
        gateway.reboot(uplink.now);
        gateway.external = "198.51.100.99";
        uplink.announce();
        assertEquals(1, uplink.count(News.Forgot.class));
        uplink.pass(30, TimeUnit.MILLISECONDS);
        assertEquals(2, gateway.ours(uplink.now));
        assertEquals(
                "198.51.100.99",
                uplink.mapper.mappings().getFirst().external().address().toString());
        assertEquals(4, uplink.count(News.Mapped.class), "two at first, and two with the other address");
    }

    @Test
    void rebootThatIsNotAnnouncedIsSeenInTheNextAnswer() {
        uplink.want(PORT, 41641).pass(1, TimeUnit.HOURS);
        gateway.reboot(uplink.now);
        uplink.pass(70, TimeUnit.MINUTES);
        assertEquals(2, gateway.ours(uplink.now));
        assertEquals(1, uplink.count(News.Forgot.class));
    }

    /** The call that dies with the device has it looked for; that another table answers then concerns every port. */
    @Test
    void rebootWhileTheDeviceIsBeingAskedIsTold() {
        gateway.speaksOnly(Protocol.UPNP);
        uplink.want(PORT, 41641).pass(1, TimeUnit.MINUTES);
        gateway.silent = true;
        uplink.step(new MapperEvent.CheckAll("a failover"));
        uplink.pass(1, TimeUnit.SECONDS);
        gateway.reboot(uplink.now);
        gateway.silent = false;
        uplink.announce();
        uplink.pass(10, TimeUnit.SECONDS);
        assertEquals(1, uplink.count(News.Forgot.class));
        assertEquals(2, gateway.ours(uplink.now));
    }

    /** The same, with a renewal of one port an hour before that of the other. */
    @Test
    void rebootIsToldThatOnePortMetAlone() {
        gateway.speaksOnly(Protocol.UPNP);
        uplink.want(PORT).pass(30, TimeUnit.MINUTES);
        uplink.want(PORT, 41641).pass(25, TimeUnit.MINUTES);
        gateway.silent = true;
        uplink.pass(10, TimeUnit.MINUTES);
        gateway.reboot(uplink.now);
        gateway.silent = false;
        uplink.pass(4, TimeUnit.MINUTES);
        assertEquals(1, uplink.count(News.Forgot.class));
        assertEquals(2, gateway.ours(uplink.now));
    }

    @Test
    void gatewayThatRebootsEvery20SecondsIsNotPestered() {
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        int before = uplink.heard();
        for (int i = 0; i < 180; i++) {
            gateway.reboot(uplink.now);
            uplink.announce();
            uplink.pass(20, TimeUnit.SECONDS);
        }
        int perMinute = (uplink.heard() - before) / 60;
        assertTrue(perMinute <= 12, perMinute + " a minute");
        uplink.pass(2, TimeUnit.MINUTES);
        assertEquals(1, gateway.ours(uplink.now), "the last reboot is healed too");
    }

    @Test
    void forgedAnnouncementsDoNotMakeUsBusy() {
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        int before = uplink.heard();
        for (int i = 0; i < 60_000; i++) {
            uplink.announce();
            uplink.pass(1, TimeUnit.MILLISECONDS);
        }
        assertTrue(uplink.heard() - before <= 12, (uplink.heard() - before) + " in a minute");
    }

    /** What we do ourselves after a change of the network is no reason to be slow when the gateway has something to say. */
    @Test
    void ourOwnChecksDoNotHoldUpTheGatewaysWord() {
        uplink.want(PORT).pass(1, TimeUnit.HOURS);
        int before = uplink.heard();
        for (int i = 0; i < 10; i++) {
            uplink.step(new MapperEvent.CheckAll("a failover"));
            uplink.pass(90, TimeUnit.MILLISECONDS);
        }
        assertTrue(uplink.heard() - before <= 2, "coalesced: " + (uplink.heard() - before));
        gateway.reboot(uplink.now);
        uplink.announce();
        assertEquals(1, uplink.count(News.Forgot.class));
        uplink.pass(30, TimeUnit.MILLISECONDS);
        assertEquals(1, gateway.ours(uplink.now));
    }

    @Test
    void checksDoNotBecomeRarer() {
        uplink.want(PORT).pass(1, TimeUnit.HOURS);
        for (int i = 0; i < 10; i++) {
            gateway.table.clear();
            uplink.step(new MapperEvent.CheckAll("a failover"));
            uplink.pass(1500, TimeUnit.MILLISECONDS);
            assertEquals(1, gateway.ours(uplink.now), "check " + i);
        }
    }

    @Test
    void rebootIsToldWhileMereAnnouncementsWait() {
        uplink.want(PORT).pass(1, TimeUnit.HOURS);
        for (int i = 0; i < 50; i++) {
            uplink.announce();
            uplink.pass(500, TimeUnit.MILLISECONDS);
        }
        assertEquals(0, uplink.count(News.Forgot.class));
        gateway.reboot(uplink.now);
        uplink.announce();
        assertEquals(1, uplink.count(News.Forgot.class));
        uplink.pass(30, TimeUnit.MILLISECONDS);
        assertEquals(1, gateway.ours(uplink.now));
    }

    /** The second comes while the first still quiets; it is told late, and not never. */
    @Test
    void rebootWithinTheQuietTimeOfAnotherIsToldAfterIt() {
        uplink.want(PORT).pass(1, TimeUnit.HOURS);
        for (int i = 0; i < 2; i++) {
            gateway.reboot(uplink.now);
            uplink.announce();
            uplink.pass(1500, TimeUnit.MILLISECONDS);
        }
        uplink.pass(10, TimeUnit.SECONDS);
        assertEquals(2, uplink.count(News.Forgot.class), uplink.news.toString());
        assertEquals(1, gateway.ours(uplink.now));
    }

    @Test
    void announcementWithoutALossIsToldAndMapsAnew() {
        gateway.speaksOnly(Protocol.PCP);
        uplink.want(PORT).pass(1, TimeUnit.HOURS);
        gateway.table.clear();
        uplink.announce();
        assertEquals(1, uplink.count(News.Announced.class));
        assertEquals(0, uplink.count(News.Forgot.class));
        uplink.pass(30, TimeUnit.MILLISECONDS);
        assertEquals(1, gateway.ours(uplink.now));
    }

    @Test
    void otherAddressIsToldWhereNothingIsMapped() {
        gateway.speaksOnly(Protocol.NAT_PMP);
        gateway.refuses.addAll(EnumSet.allOf(Protocol.class));
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        assertEquals(0, uplink.mapper.mappings().size());
        gateway.external = "198.51.100.99";
        uplink.announce();
        assertEquals(1, uplink.count(News.ExternalAddressChanged.class));
        uplink.announce();
        uplink.pass(10, TimeUnit.SECONDS);
        assertEquals(1, uplink.count(News.ExternalAddressChanged.class));
    }

    @ParameterizedTest
    @EnumSource
    void otherAddressInARenewalIsToldOnceForAllPorts(Protocol protocol) {
        gateway.speaksOnly(protocol);
        uplink.want(PORT, 41641).pass(1, TimeUnit.MINUTES);
        gateway.external = "198.51.100.99";
        uplink.pass(70, TimeUnit.MINUTES);
        assertEquals(1, uplink.count(News.ExternalAddressChanged.class), uplink.news.toString());
        uplink.mapper
                .mappings()
                .forEach(mapping -> assertEquals(
                        "198.51.100.99", mapping.external().address().toString()));
    }

    @Test
    void addressThatIsBackBeforeItCouldBeToldIsNoNews() {
        gateway.speaksOnly(Protocol.NAT_PMP);
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        for (String address : List.of("198.51.100.50", "198.51.100.60", "198.51.100.50")) {
            gateway.external = address;
            uplink.announce();
            uplink.pass(10, TimeUnit.MILLISECONDS);
        }
        uplink.pass(1, TimeUnit.MINUTES);
        assertEquals(1, uplink.count(News.ExternalAddressChanged.class), uplink.news.toString());
    }

    @Test
    void announcementsOfOthersChangeNothing() {
        uplink.want(PORT).pass(10, TimeUnit.SECONDS);
        var before = uplink.mapper;
        uplink.step(new MapperEvent.Announced(
                new Endpoint(IpAddress.parse("192.0.2.66"), 5351),
                Octets.of(new byte[] {0, (byte) 128, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1})));
        assertEquals(before.ports(), uplink.mapper.ports());
        assertEquals(before.counts().dropped() + 1, uplink.mapper.counts().dropped());
    }
}
