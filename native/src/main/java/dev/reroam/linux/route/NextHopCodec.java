package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.netlink.AttributeNames;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * RTM_NEWNEXTHOP: linux/nexthop.h {@code nhmsg}, then {@code NHA_*}.
 *
 * <pre>
 * 0  family      u8     3  reserved   u8
 * 1  scope       u8     4  flags      u32
 * 2  protocol    u8
 * </pre>
 */
final class NextHopCodec {

    static final int FIXED_LENGTH = 8;

    private static final AttributeNames NAMES =
            AttributeNames.of("NHA", "UNSPEC", "ID", "GROUP", "GROUP_TYPE", "BLACKHOLE", "OIF", "GATEWAY");
    private static final int ID = 1;
    private static final int GROUP = 2;
    private static final int BLACKHOLE = 4;
    private static final int OIF = 5;
    private static final int GATEWAY = 6;

    // linux/nexthop.h nexthop_grp: id u32, weight less one u8 (its high byte next, since 6.12), reserved u16
    private static final int MEMBER_LENGTH = 8;

    private NextHopCodec() {}

    /** Always an object: a group has no family. */
    static Optional<NextHop> decode(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(FIXED_LENGTH, payload, "next hop", NAMES);
        int start = payload.position();
        int id = 0;
        var link = OptionalInt.empty();
        Optional<IpAddress> gateway = Optional.empty();
        List<NextHop.Member> members = List.of();
        boolean blackhole = false;
        while (attributes.next()) {
            switch (attributes.type()) {
                case ID -> id = attributes.u32();
                case GROUP -> members = members(attributes);
                case BLACKHOLE -> blackhole = true;
                case OIF -> link = OptionalInt.of(attributes.u32());
                case GATEWAY -> gateway = Optional.of(attributes.address());
                default -> {
                    // Encapsulation, resilient groups' buckets: the kernel weighs them when asked.
                }
            }
        }
        attributes.check();
        if (id == 0) {
            throw new MalformedMessageException("next hop", "no NHA_ID");
        }
        return Optional.of(new NextHop(
                id,
                link,
                gateway,
                members,
                blackhole,
                new RouteProtocol(Byte.toUnsignedInt(payload.get(start + 2))),
                payload.getInt(start + 4)));
    }

    private static List<NextHop.Member> members(AttributeReader group) {
        if (group.length() % MEMBER_LENGTH != 0) {
            group.reject(group.length() + " bytes, not a multiple of " + MEMBER_LENGTH);
            return List.of();
        }
        var members = new ArrayList<NextHop.Member>();
        for (int at = 0; at < group.length(); at += MEMBER_LENGTH) {
            int weight = group.u8At(at + 5) << 8 | group.u8At(at + 4);
            members.add(new NextHop.Member(group.u32At(at), weight + 1));
        }
        return members;
    }
}
