package dev.reroam.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The text for nft. */
class ResetRulesTest {

    @Test
    void namesExactlyTheFourEnds() {
        String text = ResetRules.reset(List.of(
                stale("192.0.2.7:40000", "198.51.100.1:443", Reason.UPLINK_GONE),
                stale("[2001:db8::7]:40001", "[2001:db8:9::1]:8443", Reason.UPLINK_GONE)));
        assertEquals("""
                add table inet reroam
                add chain inet reroam tcp_reset { type filter hook output priority -180; policy accept; }
                flush chain inet reroam tcp_reset
                add rule inet reroam tcp_reset ip saddr 192.0.2.7 ip daddr 198.51.100.1 tcp sport 40000 tcp dport 443 counter reject with tcp reset
                add rule inet reroam tcp_reset ip6 saddr 2001:db8::7 ip6 daddr 2001:db8:9::1 tcp sport 40001 tcp dport 8443 counter reject with tcp reset
                """, text);
    }

    @Test
    void nothingElseLeavesFromALostAddressByAnotherInterface() {
        String text = ResetRules.reset(List.of(
                stale("192.0.2.7:40000", "198.51.100.1:443", Reason.ADDRESS_GONE),
                stale("192.0.2.7:40002", "198.51.100.1:443", Reason.ADDRESS_GONE)));
        assertEquals(2, text.lines().filter(line -> line.contains("reject")).count());
        assertEquals(
                List.of("add rule inet reroam tcp_reset ip saddr 192.0.2.7 oifname != \"wan1\" counter drop"),
                text.lines().filter(line -> line.contains("drop")).toList());
    }

    private static StaleConnection stale(String local, String remote, Reason reason) {
        return new StaleConnection(
                Connections.idle(local, remote, 0),
                "cloudflared",
                reason,
                Optional.of(Connections.gone().uplink()));
    }
}
