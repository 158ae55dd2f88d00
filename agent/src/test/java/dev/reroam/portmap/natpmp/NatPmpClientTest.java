package dev.reroam.portmap.natpmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.ClientDriver;
import dev.reroam.portmap.gateway.Damage;
import dev.reroam.portmap.gateway.Grant;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Report.Drop;
import dev.reroam.portmap.gateway.Transport;
import dev.reroam.portmap.gateway.Wanted;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NatPmpClientTest {

    private static final String GATEWAY = "192.0.2.1:5351";
    private static final IpAddress OUTER = IpAddress.parse("198.51.100.7");
    private static final Wanted PORT = Wanted.udp(51820);
    private static final Operation.Map MAP = new Operation.Map(PORT, 51820, 7200);

    private final ClientDriver driver = new ClientDriver(NatPmpClient.of(IpAddress.parse("192.0.2.1")));

    @Test
    void probeTellsTheOuterAddress() {
        driver.ask(new Operation.Probe()).datagram(GATEWAY, address(5));
        assertEquals(List.of(new Report.Present(Optional.of(OUTER), Optional.empty())), driver.reports);
        assertFalse(driver.client.busy());
    }

    @Test
    void silenceIsAskedFourTimesAtDoublingIntervals() {
        driver.ask(new Operation.Probe()).untilAtRest();
        assertEquals(List.of(0L, 250L, 750L, 1750L), driver.schedule());
        assertEquals(List.of(new Report.Absent(false, "no answer")), driver.reports);
    }

    @Test
    void mappingAsksForTheAddressFirstAndThenForThePort() {
        driver.ask(MAP).datagram(GATEWAY, address(5)).datagram(GATEWAY, mapped(5, 40000, 3600));
        assertEquals(2, driver.sent.size());
        assertEquals(
                Optional.of(new NatPmpRequest.Map(Transport.UDP, 51820, 51820, 7200)),
                NatPmpCodec.request(driver.sent.getLast()));
        assertEquals(List.of(new Report.Granted(PORT, new Grant(new Endpoint(OUTER, 40000), 3600))), driver.reports);
    }

    @Test
    void gatewayWithoutAnAddressIsNotAskedForAMapping() {
        driver.ask(MAP).datagram(GATEWAY, encode(new NatPmpResponse.Failed(5, 0, NatPmpResult.NETWORK_FAILURE)));
        assertEquals(1, driver.sent.size());
        var refused = assertInstanceOf(Report.Refused.class, driver.last());
        assertEquals(Refusal.NETWORK_FAILURE, refused.refusal());
        assertEquals(TimeUnit.SECONDS.toNanos(30), refused.againAfterNanos());
    }

    @Test
    void deletionNamesNoExternalPortAndNoLifetime() {
        driver.ask(new Operation.Delete(PORT, 40000));
        assertEquals(
                Optional.of(new NatPmpRequest.Map(Transport.UDP, 51820, 0, 0)),
                NatPmpCodec.request(driver.sent.getLast()));
        driver.datagram(GATEWAY, mapped(5, 0, 0));
        assertEquals(List.of(new Report.Deleted(PORT)), driver.reports);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"192.0.2.9:5351, NOT_THE_GATEWAY", "192.0.2.1:5352, NOT_ITS_PORT"})
    void answerFromElsewhereDoesNotCount(String from, Drop drop) {
        driver.ask(new Operation.Probe()).datagram(from, address(5));
        assertEquals(List.of(new Report.Dropped(drop)), driver.reports);
        assertTrue(driver.client.busy());
    }

    @Test
    void lateDuplicateAnswersNothing() {
        driver.ask(new Operation.Probe()).datagram(GATEWAY, address(5)).datagram(GATEWAY, address(5));
        assertEquals(new Report.Dropped(Drop.NOT_ASKED), driver.last());
    }

    @Test
    void answerForAnotherPortAnswersNothing() {
        driver.ask(MAP)
                .datagram(GATEWAY, address(5))
                .datagram(GATEWAY, encode(new NatPmpResponse.Mapped(5, Transport.UDP, 51821, 40000, 7200)));
        assertEquals(new Report.Dropped(Drop.NOT_ASKED), driver.last());
        assertTrue(driver.client.busy());
    }

    @Test
    void serverOfPcpAloneIsAbsent() {
        driver.ask(new Operation.Probe()).datagram(GATEWAY, encode(new NatPmpResponse.OtherVersion(2)));
        assertEquals(new Report.Absent(true, "speaks version 2, PCP"), driver.last());
    }

    @ParameterizedTest(name = "{0} s, then {2} s after {1} s: lost {3}")
    @CsvSource({
        "1000, 0, 1000, false",
        "1000, 0, 998, false",
        "1000, 0, 997, true",
        // 800 s of ours are at least 700 s of the gateway's, and 2 s are allowed.
        "1000, 800, 1698, false",
        "1000, 800, 1697, true",
        "1000, 800, 99999, false",
        "1000, 3600, 0, true",
    })
    void epochRule(long before, long elapsedSeconds, long after, boolean lost) {
        var epoch = new NatPmpEpoch(before, 0);
        assertEquals(lost, epoch.lost(after, TimeUnit.SECONDS.toNanos(elapsedSeconds)));
    }

    @Test
    void fallenEpochIsToldBeforeTheOutcome() {
        driver.ask(new Operation.Probe()).datagram(GATEWAY, address(1000));
        driver.pass(1000).ask(MAP).datagram(GATEWAY, address(3)).datagram(GATEWAY, mapped(3, 40000, 7200));
        assertInstanceOf(Report.Forgot.class, driver.reports.get(1));
        assertInstanceOf(Report.Granted.class, driver.reports.get(2));
        assertEquals(3, driver.reports.size());
    }

    @Test
    void announcementWithAFallenEpochTellsTheLossAndTheAddress() {
        driver.ask(new Operation.Probe()).datagram(GATEWAY, address(1000));
        driver.announcement("192.0.2.1:5351", address(0));
        assertInstanceOf(Report.Forgot.class, driver.reports.get(1));
        assertEquals(new Report.ExternalAddress(OUTER), driver.reports.get(2));
        driver.announcement("192.0.2.1:5351", address(0));
        assertEquals(new Report.ExternalAddress(OUTER), driver.reports.get(3));
        assertEquals(new Report.Announced(), driver.last());
        assertEquals(5, driver.reports.size(), "the second of ten says no loss");
    }

    @Test
    void announcementOfAnotherHostDoesNotCount() {
        driver.announcement("192.0.2.66:5351", address(0));
        assertEquals(List.of(new Report.Dropped(Drop.NOT_THE_GATEWAY)), driver.reports);
    }

    @Test
    void whateverComesInItAlwaysEnds() {
        var random = Damage.random();
        for (int i = 0; i < 2_000; i++) {
            var one = new ClientDriver(NatPmpClient.of(IpAddress.parse("192.0.2.1")));
            one.ask(i % 3 == 0 ? MAP : i % 3 == 1 ? new Operation.Probe() : new Operation.Delete(PORT, 1));
            for (int n = 0; n < 4; n++) {
                one.datagram(GATEWAY, Damage.of(random, (n == 0 ? address(i) : mapped(i, 40000, i % 2)).bytes()));
                one.announcement(GATEWAY, Damage.of(random, address(i).bytes()));
            }
            one.untilAtRest();
            assertEquals(1, one.reports.stream().filter(NatPmpClientTest::ends).count());
        }
    }

    private static boolean ends(Report report) {
        return !(report instanceof Report.Dropped
                || report instanceof Report.Forgot
                || report instanceof Report.Announced
                || report instanceof Report.ExternalAddress);
    }

    private static Octets address(long epoch) {
        return encode(new NatPmpResponse.ExternalAddress(epoch, OUTER));
    }

    private static Octets mapped(long epoch, int externalPort, long lifetime) {
        return encode(new NatPmpResponse.Mapped(epoch, Transport.UDP, 51820, externalPort, lifetime));
    }

    private static Octets encode(NatPmpResponse response) {
        return NatPmpCodec.encode(response);
    }
}
