package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;

/** Who inside a tunnel may be sent an echo because a packet came from there? Pure. */
final class Askable {

    // RFC 1918, RFC 6598 (which VPN operators use for their own hosts), RFC 4193
    private static final List<IpPrefix> PRIVATE = List.of(
            IpPrefix.parse("10.0.0.0/8"),
            IpPrefix.parse("172.16.0.0/12"),
            IpPrefix.parse("192.168.0.0/16"),
            IpPrefix.parse("100.64.0.0/10"),
            IpPrefix.parse("fc00::/7"));

    private Askable() {}

    /**
     * The networks of such hosts. Where everything is sent to the peer, most of what comes back is from strangers on the
     * internet, who are not asked: there, private networks only.
     */
    static List<IpPrefix> networks(List<IpPrefix> allowed) {
        var networks = new ArrayList<IpPrefix>();
        var everything = Coverage.everything(allowed);
        PRIVATE.stream().filter(one -> everything.contains(one.family())).forEach(networks::add);
        allowed.stream().filter(one -> !everything.contains(one.family())).forEach(networks::add);
        return networks;
    }

    /** Whether this is the address of one host, that others can send to. */
    static boolean isHost(IpAddress address) {
        boolean manyAreMeant = address.family() == IpFamily.V4
                // RFC 1112 multicast, RFC 1122 section 3.2.1.3 broadcast and what lies between: 224.0.0.0/3
                ? address.low() >>> 29 == 7
                // RFC 4291 section 2.7: ff00::/8
                : address.high() >>> 56 == 0xff;
        return !manyAreMeant && !address.isAny() && !address.isLoopback();
    }
}
