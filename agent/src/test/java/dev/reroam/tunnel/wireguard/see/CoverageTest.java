package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CoverageTest {

    @Test
    void aDefaultRouteIsEverything() {
        assertEquals(Set.of(IpFamily.V4), everything("10.0.0.2/32", "0.0.0.0/0"));
        assertEquals(Set.of(IpFamily.V6), everything("::/0"));
        assertEquals(Set.of(IpFamily.V4, IpFamily.V6), everything("::/0", "0.0.0.0/0"));
    }

    @Test
    void twoHalvesAreEverything() {
        assertEquals(Set.of(IpFamily.V4), everything("0.0.0.0/1", "128.0.0.0/1"));
        assertEquals(Set.of(IpFamily.V6), everything("8000::/1", "::/1"));
    }

    @Test
    void soAreUnequalPartsOfWhichOneHoldsAnother() {
        assertEquals(
                Set.of(IpFamily.V4),
                everything("0.0.0.0/1", "10.0.0.0/8", "128.0.0.0/2", "192.0.0.0/3", "224.0.0.0/3"));
    }

    @Test
    void whatLeavesSomethingOutIsNot() {
        assertEquals(Set.of(), everything());
        assertEquals(Set.of(), everything("0.0.0.0/1"));
        assertEquals(Set.of(), everything("0.0.0.0/1", "0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2"));
        assertEquals(Set.of(), everything("0.0.0.0/1", "8000::/1"));
        assertEquals(Set.of(), everything("10.0.0.0/8", "192.168.0.0/16", "2000::/3"));
    }

    private static Set<IpFamily> everything(String... prefixes) {
        return Coverage.everything(Arrays.stream(prefixes).map(IpPrefix::parse).toList());
    }
}
