package dev.reroam.portmap.gateway;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import java.util.List;

/** What an address that a gateway calls its outer one can be worth. */
public enum AddressKind {
    /** Anybody may reach it. */
    PUBLIC,
    /** RFC 6598 or RFC 7335: the provider translates again. */
    SHARED,
    /** RFC 1918 or RFC 4193: another gateway translates again. */
    PRIVATE,
    /** Nobody's outer address: 0.0.0.0/8, loopback, link-local, multicast, reserved. */
    NONSENSE;

    private static final List<IpPrefix> SHARED_RANGES = prefixes("100.64.0.0/10", "192.0.0.0/29");
    private static final List<IpPrefix> PRIVATE_RANGES =
            prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");
    private static final List<IpPrefix> NONSENSE_RANGES =
            prefixes("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/8", "fe80::/10", "ff00::/8");

    /** The kind of this address. */
    public static AddressKind of(IpAddress address) {
        return within(NONSENSE_RANGES, address)
                ? NONSENSE
                : within(PRIVATE_RANGES, address) ? PRIVATE : within(SHARED_RANGES, address) ? SHARED : PUBLIC;
    }

    private static boolean within(List<IpPrefix> ranges, IpAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    private static List<IpPrefix> prefixes(String... texts) {
        return java.util.Arrays.stream(texts).map(IpPrefix::parse).toList();
    }
}
