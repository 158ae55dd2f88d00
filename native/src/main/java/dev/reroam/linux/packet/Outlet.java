package dev.reroam.linux.packet;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;

/**
 * The way by which a socket's packets leave. Immutable. Whether that is the way that anything else would take is not known
 * here: ask the kernel with {@link dev.reroam.linux.route.PathLookup} first.
 *
 * @param source the address to send from; 0.0.0.0 or :: leaves it to the kernel
 * @param interfaceName SO_BINDTODEVICE; empty leaves it to the routes
 * @param interfaceIndex of that interface; counts for link-local addresses only, else 0 will do
 * @param mark SO_MARK; 0 for none
 */
public record Outlet(IpAddress source, String interfaceName, int interfaceIndex, int mark) {

    /** As the routes have it. */
    public static Outlet any(IpFamily family) {
        return new Outlet(family == IpFamily.V4 ? IpAddress.ANY_V4 : IpAddress.ANY_V6, "", 0, 0);
    }

    /** The family of the packets. */
    public IpFamily family() {
        return source.family();
    }
}
