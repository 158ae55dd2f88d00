package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A next hop object that routes refer to by number: RTM_NEWNEXTHOP, linux/nexthop.h. Immutable. It is one hop, a group of others, or
 * a black hole.
 *
 * @param id positive as an unsigned number
 * @param link index of the interface
 * @param members of a group
 * @param protocol who made it
 * @param flags linux/rtnetlink.h {@code RTNH_F_*}
 */
public record NextHop(
        int id,
        OptionalInt link,
        Optional<IpAddress> gateway,
        List<Member> members,
        boolean blackhole,
        RouteProtocol protocol,
        int flags)
        implements RouteObject {

    public NextHop {
        if (id == 0) {
            throw new IllegalArgumentException("next hop id 0");
        }
        members = List.copyOf(members);
    }

    /** A member of a group: another object's number and its share of the traffic, from 1. */
    public record Member(int id, int weight) {}
}
