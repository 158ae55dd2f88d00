package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.route.RouteAnswer;
import dev.reroam.linux.route.RouteType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What iproute2 6.1 prints. */
class WayTest {

    private static final Way V4 =
            new Way("wan1", Optional.of(IpAddress.parse("100.64.1.1")), Optional.of(IpAddress.parse("100.64.1.2")));

    @Test
    void readsBothFamilies() {
        assertEquals(V4, Way.parse("20.1.2.3 via 100.64.1.1 dev wan1 src 100.64.1.2 mark 0x3 uid 0 \\    cache "));
        assertEquals(
                new Way("wan2", Optional.of(IpAddress.parse("fe80::2")), Optional.of(IpAddress.parse("2a0e:2::2"))),
                Way.parse("2600::1 from :: via fe80::2 dev wan2 table 201 src 2a0e:2::2 metric 1024 pref medium"));
        assertEquals(
                new Way("lo", Optional.empty(), Optional.of(IpAddress.parse("10.9.0.1"))),
                Way.parse("local 10.9.0.1 dev lo src 10.9.0.1 uid 0 \\    cache <local>"));
    }

    @Test
    void putsWhatIpComplainedOfInItsPlace() {
        var line = "20.1.2.3 via 100.64.1.1 dev wan1 src 100.64.1.2 uid 0 \\    cache\n";
        var complaints = "RTNETLINK answers: Invalid argument\nCommand failed -:1\n"
                + "RTNETLINK answers: No route to host\nCommand failed -:3\n";
        assertEquals(
                List.of(Optional.empty(), Optional.of(V4), Optional.empty(), Optional.of(V4)),
                Way.parseAll(line + line, complaints, 4));
    }

    @Test
    void takesNoMissingAnswerForAnAnswer() {
        var line = "20.1.2.3 via 100.64.1.1 dev wan1 src 100.64.1.2 uid 0\n";
        assertThrows(IllegalStateException.class, () -> Way.parseAll(line, "", 2));
        assertThrows(IllegalStateException.class, () -> Way.parseAll(line, "Command failed -:7\n", 2));
    }

    @Test
    void ourAnswerIsAnotherWhenAnyPartIs() {
        assertEquals(Optional.of(V4), ours(3, "100.64.1.1", "100.64.1.2"));
        assertEquals(
                List.of(false, false, false),
                List.of(
                        ours(4, "100.64.1.1", "100.64.1.2").equals(Optional.of(V4)),
                        ours(3, "100.64.2.1", "100.64.1.2").equals(Optional.of(V4)),
                        ours(3, "100.64.1.1", "100.64.1.3").equals(Optional.of(V4))));
        assertEquals(Optional.empty(), Way.of(new RouteAnswer.Refused(Errno.ENETUNREACH), index -> "wan1"));
    }

    private static Optional<Way> ours(int link, String gateway, String source) {
        var answer = new RouteAnswer.Reachable(
                link,
                Optional.of(IpAddress.parse(gateway)),
                Optional.of(IpAddress.parse(source)),
                254,
                RouteType.UNICAST,
                0);
        return Way.of(answer, index -> index == 3 ? "wan1" : "wan2");
    }
}
