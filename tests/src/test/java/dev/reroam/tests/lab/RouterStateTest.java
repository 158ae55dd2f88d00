package dev.reroam.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RouterStateTest {

    @Test
    void namesWhatCameAndWhatWent() {
        var before = new RouterState(List.of("port 1", "rule", "rule"));
        var after = new RouterState(List.of("rule", "port 2"));
        assertEquals(List.of("- port 1", "+ port 2", "- rule"), after.differencesFrom(before));
        assertEquals(List.of(), after.differencesFrom(after));
    }

    @Test
    @Tag("bed1")
    void isTheSameOnTwoNetworksOfOnePlanAndShowsWhateverSomebodyChanges() {
        try (var one = Topology.make(Plan.standard(), Belongings.open());
                var other = Topology.make(Plan.standard(), Belongings.open())) {
            var expected = RouterState.of(other);
            assertEquals(List.of(), RouterState.of(one).differencesFrom(expected));
            one.router()
                    .script(Template.fill(
                            """
                    wg set %1$s listen-port 51999 fwmark 7 peer %2$s persistent-keepalive 0
                    ip rule add preference 700 to 11.0.9.9 lookup 100
                    ip route add 11.0.9.9 via 100.64.2.1 dev wan2
                    ip -6 route add 2a0f:9::9 dev wan2 table 100
                    ip address add 192.168.78.1/24 dev lan
                    iptables -A FORWARD -p udp -j ACCEPT
                    """, one.tunnel().device(), one.tunnel().farPublicKey()));
            var found = RouterState.of(one).differencesFrom(expected);
            for (var change : List.of(
                    "port 51999 mark 0x7",
                    "tunnel0 keepalive off",
                    "+ rule 4 700:",
                    "+ route 4 11.0.9.9 via",
                    "+ route 6 2a0f:9::9 dev wan2 table 100",
                    "+ address lan inet 192.168.78.1/24",
                    "+ filter 4 -A FORWARD -p udp")) {
                assertTrue(found.stream().anyMatch(line -> line.contains(change)), change + " is not in " + found);
            }
        }
    }
}
