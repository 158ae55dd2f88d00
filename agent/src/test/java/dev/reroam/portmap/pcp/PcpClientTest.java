package dev.reroam.portmap.pcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.ClientDriver;
import dev.reroam.portmap.gateway.Damage;
import dev.reroam.portmap.gateway.Grant;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Report.Drop;
import dev.reroam.portmap.gateway.Wanted;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcpClientTest {

    private static final String SERVER = "192.0.2.1:5351";
    private static final IpAddress LOCAL = IpAddress.parse("192.0.2.2");
    private static final Endpoint OUTER = Endpoint.parse("198.51.100.7:40000");
    private static final PcpNonce NONCE = new PcpNonce(1, 2);
    private static final Wanted PORT = Wanted.udp(51820);
    private static final Operation.Map MAP = new Operation.Map(PORT, 51820, 7200);

    private final ClientDriver driver = driver();

    @Test
    void probeIsAnAnnounceAndLeavesNothing() {
        driver.ask(new Operation.Probe());
        assertEquals(Optional.of(new PcpMessage.AnnounceRequest(LOCAL)), PcpCodec.decode(driver.sent.getFirst()));
        driver.datagram(SERVER, announce(PcpResult.SUCCESS, 5));
        assertEquals(List.of(new Report.Present(Optional.empty(), Optional.empty())), driver.reports);
    }

    @Test
    void serverWithoutAnnounceIsThereAllTheSame() {
        driver.ask(new Operation.Probe()).datagram(SERVER, announce(PcpResult.UNSUPP_OPCODE, 5));
        assertInstanceOf(Report.Present.class, driver.last());
    }

    @Test
    void serverOfNatPmpAloneIsAbsent() {
        driver.ask(new Operation.Probe()).datagram(SERVER, PcpCodec.encode(new PcpMessage.OtherVersion(0)));
        assertEquals(new Report.Absent(true, "speaks NAT-PMP only"), driver.last());
        assertFalse(driver.client.busy());
    }

    @Test
    void mappingRenewalAndDeletionCarryOneNonce() {
        for (Operation operation : List.of(MAP, MAP, new Operation.Delete(PORT, 40000))) {
            driver.ask(operation);
            var asked = (PcpMessage.MapRequest)
                    PcpCodec.decode(driver.sent.getLast()).orElseThrow();
            assertEquals(NONCE, asked.map().nonce());
            driver.datagram(SERVER, mapped(NONCE, operation instanceof Operation.Delete ? 0 : 3600, 5));
        }
        var granted = new Report.Granted(PORT, new Grant(OUTER, 3600));
        assertEquals(List.of(granted, granted, new Report.Deleted(PORT)), driver.reports);
    }

    @Test
    void deletionNamesNoPortAndNoLifetime() {
        driver.ask(new Operation.Delete(PORT, 40000));
        var asked =
                (PcpMessage.MapRequest) PcpCodec.decode(driver.sent.getLast()).orElseThrow();
        assertEquals(0, asked.lifetimeSeconds());
        assertEquals(Endpoint.parse("0.0.0.0:0"), asked.map().external());
    }

    @Test
    void wrongNonceAnswersNothing() {
        driver.ask(MAP).datagram(SERVER, mapped(new PcpNonce(1, 3), 3600, 5));
        assertEquals(List.of(new Report.Dropped(Drop.NOT_ASKED)), driver.reports);
        assertTrue(driver.client.busy());
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"192.0.2.9:5351, NOT_THE_GATEWAY", "192.0.2.1:5352, NOT_ITS_PORT"})
    void answerFromElsewhereDoesNotCount(String from, Drop drop) {
        driver.ask(MAP).datagram(from, mapped(NONCE, 3600, 5));
        assertEquals(List.of(new Report.Dropped(drop)), driver.reports);
    }

    @Test
    void silenceIsAskedFourTimesAndThenLeft() {
        driver.ask(MAP).untilAtRest();
        assertEquals(4, driver.sent.size());
        long last = driver.schedule().getLast();
        assertTrue(last > 1500 && last < 2000, () -> "last try after " + last + " ms");
        assertEquals(List.of(new Report.Unanswered(PORT)), driver.reports);
    }

    @ParameterizedTest(name = "{0} for {1} s is {2}, again after {3} s")
    @CsvSource({
        "2, 0, NOT_AUTHORISED, 900",
        "2, 1800, NOT_AUTHORISED, 1800",
        "7, 0, NETWORK_FAILURE, 30",
        "8, 60, NO_RESOURCES, 60",
        "8, 4294967295, NO_RESOURCES, 1800",
        "12, 4294967295, ADDRESS_MISMATCH, 3600",
        "77, 1800, OTHER, 1800",
    })
    void refusalSaysWhyAndForHowLong(int code, long lifetime, Refusal refusal, long seconds) {
        driver.ask(MAP)
                .datagram(
                        SERVER,
                        PcpCodec.encode(
                                new PcpMessage.MapResponse(new PcpResult(code), lifetime, 5, map(NONCE), List.of())));
        var refused = assertInstanceOf(Report.Refused.class, driver.last());
        assertEquals(refusal, refused.refusal());
        assertEquals(TimeUnit.SECONDS.toNanos(seconds), refused.againAfterNanos());
    }

    @ParameterizedTest(name = "{0} s, then {2} s after {1} s: lost {3}")
    @CsvSource({
        "1000, 0, 1000, false",
        "1000, 0, 999, false",
        "1000, 0, 998, true",
        "1000, 1600, 2498, false",
        "1000, 1600, 2497, true",
        "1000, 1600, 2600, false",
        "1000, 1600, 2708, false",
        "1000, 1600, 2709, true",
        "1000, 3600, 0, true",
    })
    void epochRule(long before, long elapsedSeconds, long after, boolean lost) {
        assertEquals(lost, new PcpEpoch(before, 0).lost(after, TimeUnit.SECONDS.toNanos(elapsedSeconds)));
    }

    @Test
    void lostEpochIsToldBeforeTheGrant() {
        driver.ask(new Operation.Probe()).datagram(SERVER, announce(PcpResult.SUCCESS, 1000));
        driver.pass(1000).ask(MAP).datagram(SERVER, mapped(NONCE, 3600, 2));
        assertInstanceOf(Report.Forgot.class, driver.reports.get(1));
        assertInstanceOf(Report.Granted.class, driver.reports.get(2));
    }

    @Test
    void announcementTellsALossOnceAndThenOnlyThatItCame() {
        driver.ask(new Operation.Probe()).datagram(SERVER, announce(PcpResult.SUCCESS, 1000));
        driver.announcement(SERVER, announce(PcpResult.SUCCESS, 0));
        assertInstanceOf(Report.Forgot.class, driver.last());
        driver.announcement(SERVER, announce(PcpResult.SUCCESS, 0));
        assertEquals(new Report.Announced(), driver.last());
        driver.announcement("192.0.2.66:5351", announce(PcpResult.SUCCESS, 0));
        assertEquals(new Report.Dropped(Drop.NOT_THE_GATEWAY), driver.last());
    }

    @Test
    void whateverComesInItAlwaysEnds() {
        var random = Damage.random();
        for (int i = 0; i < 2_000; i++) {
            var one = driver();
            one.ask(i % 3 == 0 ? MAP : i % 3 == 1 ? new Operation.Probe() : new Operation.Delete(PORT, 1));
            for (int n = 0; n < 4; n++) {
                one.datagram(SERVER, Damage.of(random, mapped(NONCE, i % 2, i).bytes()));
                one.announcement(
                        SERVER, Damage.of(random, announce(PcpResult.SUCCESS, i).bytes()));
            }
            one.untilAtRest();
            assertEquals(1, one.reports.stream().filter(PcpClientTest::ends).count());
        }
    }

    private static boolean ends(Report report) {
        return !(report instanceof Report.Dropped
                || report instanceof Report.Forgot
                || report instanceof Report.Announced);
    }

    private static ClientDriver driver() {
        return new ClientDriver(PcpClient.of(IpAddress.parse("192.0.2.1"), LOCAL, NONCE, new Chance(4711)));
    }

    private static PcpMessage.Map map(PcpNonce nonce) {
        return new PcpMessage.Map(nonce, 17, 51820, OUTER);
    }

    private static Octets mapped(PcpNonce nonce, long lifetime, long epoch) {
        return PcpCodec.encode(new PcpMessage.MapResponse(PcpResult.SUCCESS, lifetime, epoch, map(nonce), List.of()));
    }

    private static Octets announce(PcpResult result, long epoch) {
        return PcpCodec.encode(new PcpMessage.AnnounceResponse(result, 0, epoch));
    }
}
