package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.tests.lab.RouteFlood;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RouteFloodTest {

    // What the lab uses itself: cables, the internet, tunnels, the LAN.
    private static final List<IpPrefix> LABS = List.of(
            IpPrefix.parse("100.64.0.0/10"),
            IpPrefix.parse("11.0.0.0/8"),
            IpPrefix.parse("10.0.0.0/8"),
            IpPrefix.parse("192.168.0.0/16"),
            IpPrefix.parse("2a00::/8"),
            IpPrefix.parse("fc00::/7"));

    @Test
    void touchesNothingOfTheLab() {
        var flood = RouteFlood.of(5_000, 1);
        var random = new SplittableRandom(2);
        for (int i = 0; i < 20_000; i++) {
            IpAddress address = flood.within(random);
            assertFalse(LABS.stream().anyMatch(prefix -> prefix.contains(address)), address::toString);
        }
    }

    @Test
    void partsMakeTheWhole() {
        var flood = RouteFlood.of(1_000, 1);
        assertEquals(1_000, flood.size());
        assertEquals(1_000, flood.part(0, 300).size() + flood.part(300, 1_000).size());
    }
}
