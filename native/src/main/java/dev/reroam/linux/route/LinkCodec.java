package dev.reroam.linux.route;

import dev.reroam.linux.netlink.AttributeNames;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * RTM_NEWLINK: linux/rtnetlink.h {@code ifinfomsg}, then {@code IFLA_*} of linux/if_link.h.
 *
 * <pre>
 * 0  family          u8    AF_UNSPEC; AF_BRIDGE speaks of a bridge's port and is not about the link itself
 * 1  pad             u8
 * 2  hardware type   u16
 * 4  index           s32
 * 8  flags           u32
 * 12 change mask     u32
 * </pre>
 */
final class LinkCodec {

    static final int FIXED_LENGTH = 16;

    private static final AttributeNames NAMES = AttributeNames.of(
            "IFLA",
            "UNSPEC",
            "ADDRESS",
            "BROADCAST",
            "IFNAME",
            "MTU",
            "LINK",
            "QDISC",
            "STATS",
            "COST",
            "PRIORITY",
            "MASTER",
            "WIRELESS",
            "PROTINFO",
            "TXQLEN",
            "MAP",
            "WEIGHT",
            "OPERSTATE",
            "LINKMODE",
            "LINKINFO",
            "NET_NS_PID",
            "IFALIAS",
            "NUM_VF",
            "VFINFO_LIST",
            "STATS64");
    private static final int IFNAME = 3;
    static final int MTU = 4;
    private static final int LINK = 5;
    private static final int MASTER = 10;
    private static final int OPERSTATE = 16;
    private static final int LINKINFO = 18;
    private static final int STATS64 = 23;

    private static final AttributeNames INFO_NAMES = AttributeNames.of("IFLA_INFO", "UNSPEC", "KIND");
    private static final int INFO_KIND = 1;

    private static final AttributeNames STATS_NAMES = AttributeNames.of("IFLA_STATS", "UNSPEC", "LINK_64");
    private static final int STATS_FIXED_LENGTH = 12;
    private static final int STATS_LINK_64 = 1;

    private LinkCodec() {}

    /** Empty when the message is not about a whole link: a bridge port, or a wireless event, which has no name. */
    static Optional<Link> decode(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(FIXED_LENGTH, payload, "link", NAMES);
        int start = payload.position();
        if (payload.get(start) != 0) {
            return Optional.empty();
        }
        int index = payload.getInt(start + 4);
        String name = "";
        String kind = "";
        int mtu = 0;
        var operState = OperState.UNKNOWN;
        var master = OptionalInt.empty();
        var lower = OptionalInt.empty();
        Optional<LinkTraffic> traffic = Optional.empty();
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFNAME -> name = attributes.string();
                case MTU -> mtu = attributes.u32();
                case LINK -> lower = other(attributes.u32(), index);
                case MASTER -> master = other(attributes.u32(), index);
                case OPERSTATE -> operState = new OperState(attributes.u8());
                case LINKINFO -> kind = kind(attributes.nested(INFO_NAMES));
                case STATS64 -> traffic = Optional.of(traffic(attributes));
                default -> {
                    // Some fifty more, and more with every kernel; none that paths or tunnels depend on.
                }
            }
        }
        attributes.check();
        if (index <= 0) {
            throw new MalformedMessageException("link", "interface index " + index);
        }
        if (name.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Link(
                index,
                name,
                payload.getInt(start + 8),
                operState,
                Short.toUnsignedInt(payload.getShort(start + 2)),
                kind,
                mtu,
                master,
                lower,
                traffic));
    }

    /**
     * RTM_NEWSTATS: linux/if_link.h {@code if_stats_msg} of 12 bytes, then IFLA_STATS_LINK_64. Empty when it has no such
     * counters.
     */
    static Optional<LinkTraffic> decodeStatistics(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(STATS_FIXED_LENGTH, payload, "link statistics", STATS_NAMES);
        Optional<LinkTraffic> traffic = Optional.empty();
        while (attributes.next()) {
            if (attributes.type() == STATS_LINK_64) {
                traffic = Optional.of(traffic(attributes));
            }
        }
        attributes.check();
        return traffic;
    }

    // Kernels name the link itself, or 0, where there is no other.
    private static OptionalInt other(int index, int self) {
        return index <= 0 || index == self ? OptionalInt.empty() : OptionalInt.of(index);
    }

    private static String kind(AttributeReader info) {
        String kind = "";
        while (info.next()) {
            if (info.type() == INFO_KIND) {
                kind = info.string();
            }
        }
        return kind;
    }

    // The structure has grown at its end with the years; its first fields stay.
    private static LinkTraffic traffic(AttributeReader stats) {
        return new LinkTraffic(stats.u64At(0), stats.u64At(8), stats.u64At(16), stats.u64At(24));
    }
}
