package dev.reroam.tcp;

import static dev.reroam.tcp.Connections.SERVER;
import static dev.reroam.tcp.Connections.WAN;
import static dev.reroam.tcp.Connections.by;
import static dev.reroam.tcp.Connections.gone;
import static dev.reroam.tcp.Connections.idle;
import static dev.reroam.tcp.Connections.onLink;
import static dev.reroam.tcp.Connections.toUs;
import static dev.reroam.tcp.Connections.unanswered;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.route.RouteAnswer;
import dev.reroam.linux.sockdiag.TcpConnection;
import dev.reroam.linux.sockdiag.TcpHealth;
import dev.reroam.linux.sockdiag.TcpState;
import dev.reroam.uplink.Uplink;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which connections hang on an uplink that is gone. */
class JudgementTest {

    private static final Set<IpAddress> STILL_OURS = Set.of(Connections.ADDRESS, IpAddress.parse("10.0.0.1"));
    private static final Set<IpAddress> NOT_OURS = Set.of(IpAddress.parse("10.0.0.1"));
    private static final RouteAnswer ELSEWHERE = by(3, "203.0.113.1");
    private static final RouteAnswer INTO_IT = by(WAN, "192.0.2.1");

    private static String judge(TcpConnection connection, Set<IpAddress> ours, RouteAnswer way) {
        return Judgement.of(connection, gone(), ours, way).map(Reason::name).orElse("none");
    }

    private static String judge(TcpConnection connection, SilentServer server) {
        return Judgement.of(connection, server, STILL_OURS, INTO_IT)
                .map(Reason::name)
                .orElse("none");
    }

    @Test
    void anAddressThatIsNotOursAnyMoreIsTheEndWhateverWasHeard() {
        var busy = idle("192.0.2.7:40000", SERVER, 0);
        assertEquals("ADDRESS_GONE", judge(busy, NOT_OURS, new RouteAnswer.Refused(Errno.EINVAL)));
    }

    @Test
    void anIdleConnectionOfADeadUplinkHangsOnIt() {
        assertEquals("UPLINK_GONE", judge(idle("192.0.2.7:40000", SERVER, 5000), STILL_OURS, ELSEWHERE));
        assertEquals("UPLINK_GONE", judge(idle("192.0.2.7:40000", SERVER, 1000), STILL_OURS, INTO_IT));
    }

    @Test
    void whatWasHeardSinceShowsThatItIsAlive() {
        assertEquals("none", judge(idle("192.0.2.7:40000", SERVER, 999), STILL_OURS, INTO_IT));
    }

    @Test
    void aServerThatIsMeantToSpeakIsDeadWhenItDoesNotWhateverItConfirms() {
        var server = new SilentServer(Set.of(IpAddress.parse("198.51.100.1")), 120_000);
        var confirmed = new TcpHealth(0, 0, 200_000, 0, 100, 120_000, 100);
        assertEquals("SERVER_SILENT", judge(Connections.of("10.0.0.1:40000", SERVER, 0, confirmed), server));
        assertEquals("none", judge(idle("10.0.0.1:40000", SERVER, 119_999), server));
        assertEquals("none", judge(idle("10.0.0.1:40000", "198.51.100.2:443", 500_000), server), "another server");
    }

    @Test
    void aConnectionThatIsBeingMadeHasNotHeardAnythingYet() {
        var server = new SilentServer(Set.of(IpAddress.parse("198.51.100.1")), 120_000);
        var made = idle("10.0.0.1:40000", SERVER, 500_000);
        var being = new TcpConnection(
                TcpState.SYN_SENT,
                made.local(),
                made.remote(),
                made.link(),
                made.receiveQueue(),
                made.sendQueue(),
                made.uid(),
                made.inode(),
                made.cookie(),
                made.mark(),
                made.cgroup(),
                made.health());
        assertEquals("SERVER_SILENT", judge(made, server));
        assertEquals("none", judge(being, server));
    }

    @Test
    void beforeItsSilenceIsKnownOnlyAnAddressThatIsGoneCounts() {
        var justNow = new GoneUplink(gone().uplink(), OptionalLong.empty());
        var idle = idle("192.0.2.7:40000", SERVER, 5000);
        assertEquals(Optional.empty(), Judgement.of(idle, justNow, STILL_OURS, ELSEWHERE));
        assertEquals(Optional.of(Reason.ADDRESS_GONE), Judgement.of(idle, justNow, NOT_OURS, ELSEWHERE));
    }

    @Test
    void aNeighbourIsReachedWhateverIsBehindTheGateway() {
        assertEquals("none", judge(idle("192.0.2.7:40000", "192.0.2.1:80", 5000), STILL_OURS, onLink(WAN)));
    }

    @Test
    void onAPointToPointLinkNothingIsANeighbour() {
        var ppp = new GoneUplink(new Uplink(WAN, "ppp0", Optional.empty(), Connections.ADDRESS), OptionalLong.of(1000));
        assertEquals(
                Optional.of(Reason.UPLINK_GONE),
                Judgement.of(idle("192.0.2.7:40000", SERVER, 5000), ppp, STILL_OURS, onLink(WAN)));
    }

    @ParameterizedTest(name = "{0} retransmissions, backed off {1} times: {2}")
    @CsvSource({"0, 0, none", "1, 1, none", "2, 0, UNANSWERED", "0, 2, UNANSWERED", "9, 9, UNANSWERED"})
    void anotherAddressOfOursHangsWhenItBacksOffIntoTheUplink(int retransmits, int backoff, String verdict) {
        assertEquals(verdict, judge(unanswered("10.0.0.1:40000", retransmits, backoff), STILL_OURS, INTO_IT));
    }

    @Test
    void aBackOffIntoAnotherUplinkIsNotOurs() {
        assertEquals("none", judge(unanswered("10.0.0.1:40000", 5, 5), STILL_OURS, ELSEWHERE));
        assertEquals("none", judge(unanswered("10.0.0.1:40000", 5, 5), STILL_OURS, by(WAN, "192.0.2.254")));
    }

    @Test
    void anIdleConnectionOfAnotherAddressIsLeftAlone() {
        assertEquals("none", judge(idle("10.0.0.1:40000", SERVER, 500_000), STILL_OURS, INTO_IT));
    }

    @Test
    void ourselvesAreNeverEnded() {
        assertEquals("none", judge(idle("127.0.0.1:40000", "127.0.0.1:443", 5000), NOT_OURS, toUs()));
        assertEquals("none", judge(idle("192.0.2.7:40000", "10.0.0.1:443", 5000), STILL_OURS, toUs()));
        assertEquals("none", judge(idle("192.0.2.7:40000", "10.0.0.9:443", 5000), STILL_OURS, toUs()));
    }

    @Test
    void theOtherFamilyIsAnotherUplinks() {
        assertEquals("none", judge(idle("[2001:db8::7]:40000", "[2001:db8:9::1]:443", 5000), NOT_OURS, ELSEWHERE));
    }

    @Test
    void anyAddressOfAnIpv6NetworkIsTheUplinks() {
        var v6 = new GoneUplink(
                new Uplink(WAN, "wan1", Optional.of(IpAddress.parse("fe80::1")), IpAddress.parse("2001:db8::7")),
                OptionalLong.of(1000));
        var temporary = idle("[2001:db8::abcd]:40000", "[2001:db8:9::1]:443", 5000);
        assertEquals(Optional.of(Reason.ADDRESS_GONE), Judgement.of(temporary, v6, NOT_OURS, ELSEWHERE));
    }
}
