package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Errno;
import java.util.Optional;

/** The way that the kernel would send a fresh packet now. */
public sealed interface RouteAnswer {

    /**
     * It would be sent.
     *
     * @param link index of the interface
     * @param gateway empty when the destination is on the link or is ourselves
     * @param source the address that it would get
     * @param table in which the route was found; the bits of a u32; 0 for broadcasts and multicasts of IPv4
     * @param type {@link RouteType#UNICAST}; {@link RouteType#LOCAL} when the destination is ourselves
     * @param mtu the route's, or the path's as learned, in bytes; 0 when the interface's holds
     */
    record Reachable(
            int link, Optional<IpAddress> gateway, Optional<IpAddress> source, int table, RouteType type, int mtu)
            implements RouteAnswer {

        /** The same from another address. */
        Reachable withSource(Optional<IpAddress> other) {
            return new Reachable(link, gateway, other, table, type, mtu);
        }
    }

    /**
     * It would not be sent.
     *
     * @param errno what the sender would get: ENETUNREACH no route, EHOSTUNREACH an unreachable route, EACCES a prohibiting
     *     one, EINVAL a black hole (or, with a source, that it is not ours), ENETDOWN and ENODEV of the interface asked for
     */
    record Refused(Errno errno) implements RouteAnswer {}
}
