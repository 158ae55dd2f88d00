package dev.reroam.netcheck;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.util.List;
import java.util.Optional;

/** The prefix behind which a network translates IPv6 to IPv4, from what its name server makes of a known name (RFC 7050). */
final class Nat64 {

    /** RFC 7050 section 8.2: has IPv4 addresses only; an IPv6 one was made by the name server. */
    static final String KNOWN_NAME = "ipv4only.arpa";

    // RFC 7050 section 8.2: its addresses, 192.0.0.170 and 192.0.0.171.
    private static final List<IpAddress> KNOWN =
            List.of(IpAddress.parse("192.0.0.170"), IpAddress.parse("192.0.0.171"));

    // RFC 6052 section 2.2; the longest first, for it is the common one.
    private static final int[] LENGTHS = {96, 64, 56, 48, 40, 32};
    // RFC 6052 section 2.2: bits 64 to 71 are zero, and no part of the address, where the prefix does not cover them.
    private static final int RESERVED_OCTET = 8;

    private Nat64() {}

    /** The prefixes in these addresses, each once. */
    static List<IpPrefix> prefixes(List<IpAddress> addresses) {
        return addresses.stream()
                .filter(address -> address.family() == IpFamily.V6)
                .flatMap(address -> prefix(address).stream())
                .distinct()
                .toList();
    }

    private static Optional<IpPrefix> prefix(IpAddress address) {
        byte[] bytes = address.bytes();
        for (int length : LENGTHS) {
            boolean reserved = length == 96 || bytes[RESERVED_OCTET] == 0;
            if (reserved && KNOWN.contains(embedded(bytes, length / 8))) {
                return Optional.of(new IpPrefix(address, length));
            }
        }
        return Optional.empty();
    }

    private static IpAddress embedded(byte[] bytes, int from) {
        byte[] inner = new byte[4];
        int at = from;
        for (int i = 0; i < inner.length; i++) {
            at += from < 12 && at == RESERVED_OCTET ? 1 : 0;
            inner[i] = bytes[at++];
        }
        return IpAddress.of(inner);
    }
}
