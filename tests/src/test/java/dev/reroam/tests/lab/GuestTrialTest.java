package dev.reroam.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.GuestTrial.Help;
import dev.reroam.tests.lab.GuestTrial.Translation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuestTrialTest {

    private static final GuestTrial TRIAL = GuestTrial.of(UplinkFaults.FAILBACK, Help.AGENT, Duration.ofSeconds(5))
            .withOuter(IpFamily.V6)
            .withTranslation(Translation.NAT66)
            .withRoundTrip(Duration.ofMillis(40));

    @Test
    void isOneWordForTheGuest() {
        assertEquals("failback/agent/kernel/v6/nat66/40/5000", TRIAL.word());
        assertEquals(TRIAL, GuestTrial.parse(TRIAL.word()));
    }

    @Test
    void isNoneWithAnUnknownFault() {
        assertThrows(IllegalArgumentException.class, () -> GuestTrial.parse("earthquake/none/kernel/v4/usual/0/1"));
    }

    @Test
    void asksForTheNetworkThatItNames() {
        assertEquals(
                Plan.standard()
                        .withWireguard(WireGuardKind.KERNEL)
                        .withOuter(IpFamily.V6)
                        .withNat66(),
                TRIAL.plan());
    }

    @Test
    void itsReportComesBackFromTheGuestAsItWas() {
        var outage = new Outage(Duration.ofMillis(60), Optional.of(Duration.ofMillis(38)), Duration.ofMillis(340));
        var timeline = List.of(new Remedy.TimelineEntry(Duration.ofMillis(2), "refresh"));
        var seen = new GuestTrialReport.Seen(outage, timeline, settings("25"), settings("off"));
        assertEquals(seen, roundTrip(seen).seen());
    }

    @Test
    void aTunnelThatStayedDownIsNoBrokenTrial() {
        var outage = new Outage(Duration.ofSeconds(5), Optional.empty(), Duration.ofSeconds(5));
        var seen = new GuestTrialReport.Seen(outage, List.of(), settings("25"), settings("25"));
        assertEquals(seen, roundTrip(seen).seen());
    }

    @Test
    void aBrokenTrialHasNothingSeenButTheReason() {
        var report = roundTrip(new GuestTrialReport.Broken("no such device"));
        var failure = assertThrows(IllegalStateException.class, report::seen);
        assertEquals(TRIAL.word() + ": no such device\ntwo\nlines", failure.getMessage());
    }

    private static Tunnel.Settings settings(String keepalive) {
        return new Tunnel.Settings("51820", "0x51", keepalive);
    }

    private static GuestTrialReport roundTrip(GuestTrialReport.Ended ended) {
        var report = new GuestTrialReport(TRIAL, ended, "two\nlines", Duration.ofSeconds(9));
        assertEquals(report, GuestTrialReport.parse(report.json()));
        return GuestTrialReport.parse(report.json());
    }
}
