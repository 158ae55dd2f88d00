package dev.reroam.netcheck;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.uplink.Uplink;

/**
 * An uplink that is to be looked at. Immutable.
 *
 * @param mtuBytes the interface's
 */
public record Target(Uplink uplink, int mtuBytes) {

    // RFC 7335: the customer's side of 464XLAT takes its address from here.
    private static final IpPrefix CLAT = IpPrefix.parse("192.0.0.0/29");

    /**
     * Whether IPv4 leaves here as IPv6 (464XLAT, RFC 6877): by its address, or by the name that clatd ({@code clat}),
     * OpenWrt ({@code 464-}) and Android ({@code v4-}) give the interface.
     */
    public boolean isClat() {
        String name = uplink.interfaceName();
        return uplink.family() == IpFamily.V4
                && (CLAT.contains(uplink.source())
                        || name.startsWith("clat")
                        || name.startsWith("464-")
                        || name.startsWith("v4-"));
    }
}
