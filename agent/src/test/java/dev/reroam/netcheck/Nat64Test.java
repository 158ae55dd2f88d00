package dev.reroam.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Nat64Test {

    /** RFC 6052 section 2.4's table of prefixes, with 192.0.0.170 in the place of its 192.0.2.33. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8:c000:aa::, 2001:db8::/32",
        "2001:db8:1c0:0:aa::, 2001:db8:100::/40",
        "2001:db8:122:c000:0:aa00::, 2001:db8:122::/48",
        "2001:db8:122:3c0:0:aa::, 2001:db8:122:300::/56",
        "2001:db8:122:344:c0:0:aa00:0, 2001:db8:122:344::/64",
        "2001:db8:122:344::c000:aa, 2001:db8:122:344::/96",
        "64:ff9b::192.0.0.171, 64:ff9b::/96",
    })
    void findsThePrefixOfEachLength(String address, String prefix) {
        assertEquals(List.of(IpPrefix.parse(prefix)), Nat64.prefixes(List.of(IpAddress.parse(address))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8::1", "64:ff9b::c000:ac", "192.0.0.170", "::"})
    void findsNoneWhereTheKnownAddressIsNot(String address) {
        assertEquals(List.of(), Nat64.prefixes(List.of(IpAddress.parse(address))));
    }

    @Test
    void namesEachPrefixOnce() {
        assertEquals(
                List.of(IpPrefix.parse("64:ff9b::/96")),
                Nat64.prefixes(List.of(IpAddress.parse("64:ff9b::c000:aa"), IpAddress.parse("64:ff9b::c000:ab"))));
    }
}
