package dev.reroam.portmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.portmap.gateway.Protocol;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What mappings cost where a gateway is silent, refuses, or gives odd leases: no tight loop, and nothing is left behind. */
class MapperCostTest {

    private static final int PORT = 51820;

    private final SimulatedUplink uplink = new SimulatedUplink(20261121);
    private final SimulatedGateway gateway = uplink.gateway;

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

    @ParameterizedTest(name = "a lease of {0} s by {1}")
    @CsvSource({"1, PCP", "1, NAT_PMP", "1, UPNP", "3, NAT_PMP", "315360000, PCP", "315360000, NAT_PMP"})
    void oddLeaseMakesNoTightLoopAndNoSecondMapping(long lease, Protocol protocol) {
        gateway.lease = lease;
        gateway.speaksOnly(protocol);
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

    /** 30 s, less the jitter of a tenth. */
    @ParameterizedTest
    @EnumSource
    void refusalIsNotAskedAboutAgainBeforeItsFloor(Protocol protocol) {
        gateway.speaksOnly(protocol);
        gateway.refuses.add(protocol);
        uplink.want(PORT).pass(6, TimeUnit.SECONDS);
        int before = gateway.heard(protocol);
        uplink.pass(20, TimeUnit.SECONDS);
        assertEquals(before, gateway.heard(protocol));
        uplink.pass(40, TimeUnit.MINUTES);
        assertTrue(gateway.heard(protocol) > before);
    }

    /** UPnP is silent for 2 s; that its probe ends then is no reason to ask for what ran out after 1 s. */
    @ParameterizedTest
    @CsvSource({"PCP, 2", "NAT_PMP, 3"})
    void endOfAProbeDoesNotBreakTheFloorOfRenewals(Protocol protocol, int questions) {
        gateway.lease = 1;
        gateway.speaksOnly(protocol);
        uplink.want(PORT).pass(9, TimeUnit.SECONDS);
        assertEquals(questions, gateway.heard(protocol));
    }

    /** Its short leases had set a floor to renewals; that is no reason to sleep through the end of the next probe. */
    @Test
    void gatewayOfShortLeasesThatChangesItsProtocolIsMappedAgain() {
        gateway.lease = 1;
        gateway.speaksOnly(Protocol.PCP);
        uplink.want(PORT).pass(10, TimeUnit.SECONDS);
        gateway.lease = 0;
        gateway.speaksOnly(Protocol.NAT_PMP);
        uplink.pass(11, TimeUnit.MINUTES);
        assertEquals(1, uplink.mapper.mappings().size());
    }

    /** The answer that says so is lost, and so is all else until two hours later nobody would expect the mapping any more. */
    @Test
    void tenYearsThatNobodyHeardOfAreTakenBackOnceNobodyWantsThem() {
        gateway.speaksOnly(Protocol.PCP);
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
        gateway.speaksOnly(protocol);
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
}
