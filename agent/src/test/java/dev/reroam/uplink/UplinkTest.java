package dev.reroam.uplink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UplinkTest {

    @Test
    void twoRoutersOfOneNetworkAreTwoUplinks() {
        assertFalse(uplink("192.0.2.1", "192.0.2.7").carries(uplink("192.0.2.2", "192.0.2.7")));
        assertFalse(uplink("192.0.2.1", "192.0.2.7").carries(uplink("192.0.2.1", "192.0.2.8")));
        assertTrue(uplink("192.0.2.1", "192.0.2.7").carries(uplink("192.0.2.1", "192.0.2.7")));
    }

    @Test
    void aPrivacyAddressOfTheSameNetworkLeavesTheSameWay() {
        var public6 = uplink("fe80::1", "2001:db8:1:2::7");
        assertTrue(public6.carries(uplink("fe80::1", "2001:db8:1:2:dead:beef:1:2")));
        assertFalse(public6.carries(uplink("fe80::1", "2001:db8:1:3::7")));
        assertEquals(IpFamily.V6, public6.family());
    }

    @Test
    void theFamilyIsThatOfThePacketsNotOfTheRouter() {
        assertEquals(IpFamily.V4, uplink("fe80::1", "192.0.2.7").family());
        assertFalse(uplink("fe80::1", "192.0.2.7").carries(uplink("fe80::1", "2001:db8::7")));
    }

    @Test
    void sortsAlsoWhereAGatewayIsMissing() {
        var direct = new Uplink(2, "ppp0", Optional.empty(), IpAddress.parse("192.0.2.7"));
        var set = new TreeSet<Uplink>();
        set.add(direct);
        set.add(uplink("192.0.2.1", "192.0.2.7"));
        set.add(uplink("fe80::1", "192.0.2.7"));
        assertEquals(3, set.size());
        assertEquals(direct, set.first());
        assertEquals("ppp0 from 192.0.2.7", direct.toString());
    }

    @Test
    void hasARealInterface() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Uplink(0, "none", Optional.empty(), IpAddress.parse("192.0.2.7")));
    }

    private static Uplink uplink(String gateway, String source) {
        return new Uplink(2, "wan", Optional.of(IpAddress.parse(gateway)), IpAddress.parse(source));
    }
}
