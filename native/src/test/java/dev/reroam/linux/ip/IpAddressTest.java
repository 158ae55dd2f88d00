package dev.reroam.linux.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "2001:0db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "::ffff:192.0.2.1, ::ffff:c000:201",
    })
    void readsAndWritesTheUsualText(String text, String canonical) {
        var address = IpAddress.parse(text);
        assertEquals(canonical, address.toString());
        assertEquals(address, IpAddress.of(address.bytes()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "example.org", "1.2.3", "256.1.1.1", "1.2.3.4.5", ":::", "12345::", "fe80::1%eth0"})
    void refusesWhatIsNoLiteral(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text));
        assertTrue(refusal.getMessage().contains(text));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.255, true",
        "192.0.2.0/24, 192.0.3.0, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "0.0.0.0/0, ::1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "2001:db8::/65, 2001:db8::7fff:0:0:1, true",
        "2001:db8::/65, 2001:db8::8000:0:0:1, false",
        "::1/128, ::1, true",
    })
    void prefixHoldsTheAddressesBelowIt(String prefix, String address, boolean inside) {
        assertEquals(inside, IpPrefix.parse(prefix).contains(IpAddress.parse(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1:51820", "[2001:db8::1]:1"})
    void endpointSurvivesItsText(String text) {
        assertEquals(text, Endpoint.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "2001:db8::1:80", "[::1]", "[::1:80"})
    void refusesWhatIsNoEndpoint(String text) {
        assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 169.254.1.1", "::1, fe80::1"})
    void knowsLoopbackAndLinkLocal(String loopback, String linkLocal) {
        assertTrue(IpAddress.parse(loopback).isLoopback());
        assertTrue(IpAddress.parse(linkLocal).isLinkLocal());
        assertFalse(IpAddress.parse(linkLocal).isLoopback());
        assertFalse(IpAddress.parse(loopback).isLinkLocal());
    }
}
