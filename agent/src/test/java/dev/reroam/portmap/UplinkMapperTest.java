package dev.reroam.portmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Wanted;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        only(Protocol.NAT_PMP);
        uplink.want(PORT).pass(30, TimeUnit.MILLISECONDS);
        assertEquals(Protocol.NAT_PMP, uplink.only().source());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void gatewayOfUpnpAloneIsMappedWithinASecond(int igd) {
        gateway.igd = igd;
        only(Protocol.UPNP);
        uplink.want(PORT).pass(1, TimeUnit.SECONDS);
        assertEquals(Protocol.UPNP, uplink.only().source());
    }

    /** At 10 ms a way, by which the search alone would take longer. */
    @Test
    void knownUpnpDeviceIsMappedWithin150Milliseconds() {
        only(Protocol.UPNP);
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
        only(Protocol.UPNP);
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        var known = Known.of(uplink.mapper);
        var next = new SimulatedUplink(7);
        next.gateway.speaks.retainAll(Set.of(Protocol.NAT_PMP));
        next.mapper = next.mapper.knowing(known);
        next.want(PORT).pass(5, TimeUnit.SECONDS);
        assertEquals(Protocol.NAT_PMP, next.only().source(), "and what was silent is heard");
    }

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
        only(Protocol.UPNP);
        uplink.announce();
        gateway.reboot(uplink.now);
        uplink.announce();
        assertEquals(1, uplink.count(News.Forgot.class));
        assertEquals(0, uplink.heard());
    }

    @ParameterizedTest
    @EnumSource
    void mappingIsRenewedAtHalfItsLifeAndStays(Protocol protocol) {
        only(protocol);
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
        only(protocol);
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
    void stopTowardsASilentGatewayEndsAndSaysWhatIsLeft() {
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        gateway.silent = true;
        assertEquals(Set.of(WANTED), uplink.stop());
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

    @Test
    void refusalByAllIsAskedAgainOnlyAfterAWhile() {
        gateway.refuses.addAll(EnumSet.allOf(Protocol.class));
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        int before = uplink.heard();
        uplink.pass(1, TimeUnit.HOURS);
        assertTrue(uplink.heard() - before < 12 * 60, (uplink.heard() - before) + " an hour");
        gateway.refuses.clear();
        uplink.pass(35, TimeUnit.MINUTES);
        assertEquals(1, gateway.ours(uplink.now));
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
        only(Protocol.PCP);
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
        only(Protocol.NAT_PMP);
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
        only(protocol);
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
        only(Protocol.NAT_PMP);
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        for (String address : List.of("198.51.100.50", "198.51.100.60", "198.51.100.50")) {
            gateway.external = address;
            uplink.announce();
            uplink.pass(10, TimeUnit.MILLISECONDS);
        }
        uplink.pass(1, TimeUnit.MINUTES);
        assertEquals(1, uplink.count(News.ExternalAddressChanged.class), uplink.news.toString());
    }

    @ParameterizedTest(name = "a lease of {0} s by {1}")
    @CsvSource({"1, PCP", "1, NAT_PMP", "1, UPNP", "3, NAT_PMP", "315360000, PCP", "315360000, NAT_PMP"})
    void oddLeaseMakesNoTightLoopAndNoSecondMapping(long lease, Protocol protocol) {
        gateway.lease = lease;
        only(protocol);
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        int before = uplink.heard();
        int steps = uplink.steps;
        uplink.pass(24, TimeUnit.HOURS);
        int perHour = (uplink.heard() - before) / 24;
        assertTrue(perHour <= 120, perHour + " an hour");
        assertTrue(uplink.steps - steps < 24 * 60 * 60, (uplink.steps - steps) + " turns in a day");
        assertEquals(1, gateway.mostOurs);
        assertEquals(Set.of(), uplink.stop());
        assertEquals(0, gateway.ours(uplink.now));
    }

    /** UPnP is silent for 2 s; that its probe ends then is no reason to ask for what ran out after 1 s. */
    @ParameterizedTest
    @CsvSource({"PCP, 2", "NAT_PMP, 3"})
    void endOfAProbeDoesNotBreakTheFloorOfRenewals(Protocol protocol, int questions) {
        gateway.lease = 1;
        only(protocol);
        uplink.want(PORT).pass(9, TimeUnit.SECONDS);
        assertEquals(questions, gateway.heard(protocol));
    }

    /** Its short leases had set a floor to renewals; that is no reason to sleep through the end of the next probe. */
    @Test
    void gatewayOfShortLeasesThatChangesItsProtocolIsMappedAgain() {
        gateway.lease = 1;
        only(Protocol.PCP);
        uplink.want(PORT).pass(10, TimeUnit.SECONDS);
        gateway.lease = 0;
        only(Protocol.NAT_PMP);
        uplink.pass(11, TimeUnit.MINUTES);
        assertEquals(1, uplink.mapper.mappings().size());
    }

    /** The answer that says so is lost, and so is all else until two hours later nobody would expect the mapping any more. */
    @Test
    void tenYearsThatNobodyHeardOfAreTakenBackOnceNobodyWantsThem() {
        only(Protocol.PCP);
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        gateway.lease = 315_360_000;
        uplink.answersLost = true;
        uplink.step(new MapperEvent.CheckAll("a test"));
        uplink.pass(10, TimeUnit.SECONDS);
        gateway.silent = true;
        uplink.answersLost = false;
        uplink.want().pass(3, TimeUnit.HOURS);
        gateway.silent = false;
        uplink.pass(11, TimeUnit.MINUTES);
        assertEquals(0, gateway.ours(uplink.now));
    }

    @Test
    void tenYearsAreRenewedEveryHourAllTheSame() {
        gateway.lease = 315_360_000;
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        gateway.reboot(uplink.now);
        uplink.pass(70, TimeUnit.MINUTES);
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
        only(protocol);
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
    void silentGatewayIsAskedEveryTenMinutesInTheEnd() {
        gateway.silent = true;
        uplink.want(PORT).pass(4, TimeUnit.HOURS);
        int before = uplink.heard();
        uplink.pass(4, TimeUnit.HOURS);
        // One PCP, one NAT-PMP and three searches each time.
        assertTrue(uplink.heard() - before <= 5 * 30, (uplink.heard() - before) + " in four hours");
        gateway.silent = false;
        uplink.pass(12, TimeUnit.MINUTES);
        assertEquals(1, gateway.ours(uplink.now));
    }

    /** The sentinel needs up to 5 of the 12 packets that an uplink may cost in a minute. */
    @Test
    void silentGatewayCostsNoMoreThanItsShareInAnyMinute() {
        gateway.silent = true;
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        assertCostsItsShareForADay();
    }

    /** One that had mapped, and had heard its announcement before it went away: the mapping is asked for at once. */
    @ParameterizedTest(name = "{0}, leases of {1} s, {2} more ports")
    @CsvSource({
        "PCP, 0, 0",
        "NAT_PMP, 0, 0",
        "UPNP, 0, 0",
        "PCP, 60, 0",
        "NAT_PMP, 60, 0",
        "UPNP, 60, 0",
        "PCP, 0, 2",
        "NAT_PMP, 0, 2"
    })
    void gatewayThatGoesSilentCostsNoMoreThanItsShareInAnyMinute(Protocol protocol, long lease, int more) {
        only(protocol);
        gateway.lease = lease;
        uplink.want(IntStream.rangeClosed(PORT, PORT + more).toArray()).pass(30, TimeUnit.MINUTES);
        gateway.silent = true;
        uplink.step(new MapperEvent.CheckAll("a test"));
        uplink.pass(2, TimeUnit.MINUTES);
        assertCostsItsShareForADay();
        assertEquals(0, uplink.mapper.mappings().size());
        gateway.silent = false;
        uplink.pass(12, TimeUnit.MINUTES);
        assertEquals(1 + more, uplink.mapper.mappings().size());
        assertEquals(1 + more, gateway.ours(uplink.now));
    }

    private void assertCostsItsShareForADay() {
        var sent = new ArrayDeque<Long>();
        for (int second = 0; second < 24 * 60 * 60; second++) {
            var counts = uplink.mapper.counts();
            sent.add(counts.sent() + counts.calls());
            long inAMinute = sent.getLast() - sent.getFirst();
            assertTrue(inAMinute <= 7, inAMinute + " in the minute before second " + second);
            if (sent.size() > 60) {
                sent.remove();
            }
            uplink.pass(1, TimeUnit.SECONDS);
        }
    }

    @Test
    void changeOfVersionIsFollowed() {
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        only(Protocol.NAT_PMP);
        gateway.reboot(uplink.now);
        uplink.pass(2, TimeUnit.HOURS);
        assertEquals(Protocol.NAT_PMP, uplink.only().source());
        assertEquals(1, gateway.mostOurs);
        assertEquals(1, gateway.ours(uplink.now));
    }

    @Test
    void permanentMappingWaitsForTheLedgerAndIsTakenBackAtTheEnd() {
        only(Protocol.UPNP);
        gateway.onlyPermanent = true;
        uplink.notesPermanent = false;
        uplink.want(PORT).pass(10, TimeUnit.MINUTES);
        assertEquals(1, uplink.count(News.PermanentAhead.class));
        assertEquals(0, gateway.permanentMade);
        uplink.step(new MapperEvent.PermanentNoted(WANTED));
        uplink.pass(1, TimeUnit.SECONDS);
        assertEquals(1, gateway.ours(uplink.now));
        assertEquals(0, uplink.only().leaseSeconds());
        uplink.pass(10, TimeUnit.HOURS);
        assertEquals(Set.of(), uplink.stop());
        assertEquals(0, gateway.ours(uplink.now));
        assertEquals(1, uplink.count(News.PermanentGone.class));
    }

    @Test
    void whatAnAgentBeforeLeftIsFoundUnderWhateverPortItGotAndTakenBack() {
        only(Protocol.UPNP);
        gateway.table.put(40000, SimulatedGateway.Entry.permanent(40000, "192.0.2.99", PORT, "Reroam"));
        gateway.table.put(50000, SimulatedGateway.Entry.permanent(50000, SimulatedGateway.LOCAL, PORT, "Reroam"));
        uplink.step(new MapperEvent.Left(WANTED, PORT));
        uplink.pass(5, TimeUnit.SECONDS);
        assertEquals(Set.of(40000), gateway.table.keySet());
        assertEquals(1, uplink.count(News.PermanentGone.class));
    }

    @Test
    void whatAnAgentBeforeLeftAndIsWantedEndsAsOneMapping() {
        only(Protocol.UPNP);
        gateway.onlyPermanent = true;
        gateway.table.put(PORT, SimulatedGateway.Entry.permanent(PORT, SimulatedGateway.LOCAL, PORT, "Reroam"));
        uplink.step(new MapperEvent.Left(WANTED, PORT));
        uplink.want(PORT).pass(15, TimeUnit.SECONDS);
        assertEquals(1, gateway.ours(uplink.now));
        assertEquals(0, uplink.only().leaseSeconds());
        assertEquals(Set.of(), uplink.stop());
        assertEquals(Set.of(), gateway.table.keySet());
    }

    /** Some keep no description, some write their own: that is no reason to refuse what they have just made for us. */
    @ParameterizedTest
    @ValueSource(strings = {"", "UPnP IGD", "Reroam (192.0.2.2)"})
    void entryIsOursWhateverTheDeviceCallsIt(String description) {
        only(Protocol.UPNP);
        gateway.describes = Optional.of(description);
        uplink.want(PORT).pass(5, TimeUnit.HOURS);
        assertEquals(Protocol.UPNP, uplink.only().source());
        assertEquals(0, uplink.count(News.Refused.class));
        assertEquals(1, gateway.mostOurs);
        assertEquals(Set.of(), uplink.stop());
        assertEquals(Set.of(), gateway.table.keySet());
    }

    /** A mapping of ours ran out, and somebody else on this host has the port since. */
    @Test
    void entryOfAnotherProgramStaysWhereOursWas() {
        only(Protocol.UPNP);
        gateway.describes = Optional.of("UPnP IGD");
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        gateway.table.put(PORT, SimulatedGateway.Entry.permanent(PORT, SimulatedGateway.LOCAL, PORT, "a game"));
        assertEquals(Set.of(), uplink.stop());
        assertEquals(Set.of(PORT), gateway.table.keySet());
    }

    @Test
    void entryOfAnotherProgramIsNotTakenForWhatAnAgentBeforeLeft() {
        only(Protocol.UPNP);
        gateway.table.put(PORT, SimulatedGateway.Entry.permanent(PORT, SimulatedGateway.LOCAL, PORT, "a game"));
        uplink.step(new MapperEvent.Left(WANTED, PORT));
        uplink.pass(5, TimeUnit.SECONDS);
        assertEquals(Set.of(PORT), gateway.table.keySet());
    }

    @Test
    void stopGivesUpTheSubscription() {
        only(Protocol.UPNP);
        uplink.want(PORT).pass(10, TimeUnit.SECONDS);
        assertEquals(1, gateway.subscriptions);
        assertEquals(Set.of(), uplink.stop());
        assertEquals(0, gateway.subscriptions);
    }

    /** Another protocol maps, and does not tell its outer address by itself. */
    @Test
    void eventsAreSubscribedToWhoeverMaps() {
        uplink.want(PORT).pass(10, TimeUnit.SECONDS);
        assertEquals(Protocol.PCP, uplink.only().source());
        assertEquals(1, gateway.subscriptions);
        gateway.reboot(uplink.now);
        gateway.subscriptions = 0;
        uplink.announce();
        uplink.pass(10, TimeUnit.SECONDS);
        assertEquals(1, gateway.subscriptions, "after a restart too");
        assertEquals(Set.of(), uplink.stop());
        assertEquals(0, gateway.subscriptions);
    }

    /** It asks for the mapping's entry just now; the device has started anew since it was found. */
    @Test
    void restartThatIsAnnouncedInTheMiddleOfAMappingIsRemembered() {
        only(Protocol.UPNP);
        uplink.want(PORT).pass(1, TimeUnit.HOURS);
        gateway.delayNanos = TimeUnit.MILLISECONDS.toNanos(100);
        uplink.step(new MapperEvent.CheckAll("a test"));
        uplink.pass(250, TimeUnit.MILLISECONDS);
        gateway.reboot(uplink.now);
        uplink.announce();
        assertEquals(0, uplink.count(News.Forgot.class));
        uplink.pass(5, TimeUnit.SECONDS);
        assertEquals(1, uplink.count(News.Forgot.class));
        assertEquals(1, gateway.ours(uplink.now));
    }

    @Test
    void eventOfAnotherAddressMapsAnewAndTellsIt() {
        only(Protocol.UPNP);
        uplink.want(PORT).pass(10, TimeUnit.SECONDS);
        gateway.external = "198.51.100.50";
        var body = Octets.of(("<e:propertyset xmlns:e=\"urn:schemas-upnp-org:event-1-0\"><e:property>"
                        + "<ExternalIPAddress>198.51.100.50</ExternalIPAddress></e:property></e:propertyset>")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        uplink.step(new MapperEvent.Came(Protocol.UPNP, new Stimulus.Notified("uuid:s1", body)));
        uplink.pass(150, TimeUnit.MILLISECONDS);
        assertEquals(1, uplink.count(News.ExternalAddressChanged.class));
        assertEquals("198.51.100.50", uplink.only().external().address().toString());
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

    private void only(Protocol protocol) {
        gateway.speaks.clear();
        gateway.speaks.add(protocol);
    }
}
