package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.netlink.AttributeNames;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * RTM_NEWROUTE and RTM_DELROUTE: linux/rtnetlink.h {@code rtmsg}, then {@code RTA_*}.
 *
 * <pre>
 * 0  family                u8     6  scope   u8
 * 1  destination length    u8     7  type    u8
 * 2  source length         u8     8  flags   u32
 * 3  type of service       u8
 * 4  table, low 8          u8
 * 5  protocol              u8
 * </pre>
 */
final class RouteCodec {

    static final int FIXED_LENGTH = 12;
    static final AttributeNames NAMES = AttributeNames.of(
            "RTA",
            "UNSPEC",
            "DST",
            "SRC",
            "IIF",
            "OIF",
            "GATEWAY",
            "PRIORITY",
            "PREFSRC",
            "METRICS",
            "MULTIPATH",
            "PROTOINFO",
            "FLOW",
            "CACHEINFO",
            "SESSION",
            "MP_ALGO",
            "TABLE",
            "MARK",
            "MFC_STATS",
            "VIA",
            "NEWDST",
            "PREF",
            "ENCAP_TYPE",
            "ENCAP",
            "EXPIRES",
            "PAD",
            "UID",
            "TTL_PROPAGATE",
            "IP_PROTO",
            "SPORT",
            "DPORT",
            "NH_ID");
    static final int DST = 1;
    static final int SRC = 2;
    static final int OIF = 4;
    static final int GATEWAY = 5;
    static final int PRIORITY = 6;
    static final int PREFSRC = 7;
    static final int METRICS = 8;
    static final int MULTIPATH = 9;
    static final int TABLE = 15;
    static final int MARK = 16;
    static final int VIA = 18;
    static final int UID = 25;
    static final int IP_PROTO = 27;
    static final int SPORT = 28;
    static final int DPORT = 29;
    static final int NH_ID = 30;

    private static final AttributeNames METRIC_NAMES = AttributeNames.of("RTAX", "UNSPEC", "LOCK", "MTU");
    private static final int RTAX_MTU = 2;

    // linux/rtnetlink.h rtnexthop: length u16, flags u8, hops u8, interface s32, then attributes.
    private static final int RTNEXTHOP_LENGTH = 8;
    // Of rtm_flags, the bits that are RTNH_F_* of the only hop.
    private static final int HOP_FLAGS = 0xff;

    private RouteCodec() {}

    /** Empty for families other than IPv4 and IPv6. */
    static Optional<Route> decode(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(FIXED_LENGTH, payload, "route", NAMES);
        int start = payload.position();
        var family = Families.of(Byte.toUnsignedInt(payload.get(start)));
        if (family.isEmpty()) {
            return Optional.empty();
        }
        var reading = new Reading(family.get(), payload, start);
        while (attributes.next()) {
            reading.onAttribute(attributes);
        }
        attributes.check();
        return Optional.of(reading.route());
    }

    /**
     * Writes a route as the kernel would dump it, but for the flags that only the kernel sets.
     *
     * @throws IllegalArgumentException where it has several hops or one that is an object of its own: we make none of those
     */
    static void encode(Route route, AttributeWriter body) {
        if (route.hops().size() > 1 || route.nextHopId().isPresent()) {
            throw new IllegalArgumentException("not a route with one hop: " + route);
        }
        int flags = route.hops().stream().mapToInt(Hop::flags).sum();
        body.fixed8(route.family().number())
                .fixed8(route.destination().length())
                .fixed8(route.source().map(IpPrefix::length).orElse(0))
                .fixed8(route.typeOfService())
                .fixed8(Families.tableByte(route.table()))
                .fixed8(route.protocol().number())
                .fixed8(route.scope())
                .fixed8(route.type().number())
                // The others say how the hop is: net/ipv4/fib_semantics.c fib_create_info refuses them.
                .fixed32(flags & Hop.RTNH_F_ONLINK)
                .u32(TABLE, route.table());
        if (route.destination().length() > 0) {
            body.address(DST, route.destination().address());
        }
        route.source().ifPresent(from -> body.address(SRC, from.address()));
        route.preferredSource().ifPresent(source -> body.address(PREFSRC, source));
        if (route.priority() != 0) {
            body.u32(PRIORITY, (int) route.priority());
        }
        for (var hop : route.hops()) {
            hop.gateway().ifPresent(gateway -> encodeGateway(route.family(), gateway, body));
            if (hop.link() != 0) {
                body.u32(OIF, hop.link());
            }
        }
        if (route.mtu() != 0) {
            int metrics = body.nest(METRICS);
            body.u32(RTAX_MTU, route.mtu()).end(metrics);
        }
    }

    private static void encodeGateway(IpFamily family, IpAddress gateway, AttributeWriter body) {
        if (gateway.family() == family) {
            body.address(GATEWAY, gateway);
        } else {
            body.addressWithFamily(VIA, gateway);
        }
    }

    /** The MTU among the metrics; 0 when none is set. */
    static int mtu(AttributeReader metrics) {
        int mtu = 0;
        while (metrics.next()) {
            if (metrics.type() == RTAX_MTU) {
                mtu = metrics.u32();
            }
        }
        return mtu;
    }

    /** What one message has said so far. */
    private static final class Reading {

        private final IpFamily family;
        private final ByteBuffer payload;
        private final int start;
        private IpPrefix destination;
        private Optional<IpPrefix> source = Optional.empty();
        private int table;
        private long priority;
        private Optional<IpAddress> preferredSource = Optional.empty();
        private int link;
        private Optional<IpAddress> gateway = Optional.empty();
        private List<Hop> hops = List.of();
        private OptionalInt nextHopId = OptionalInt.empty();
        private int mtu;

        Reading(IpFamily family, ByteBuffer payload, int start) {
            this.family = family;
            this.payload = payload;
            this.start = start;
            this.destination = IpPrefix.all(family);
            this.table = u8(4);
        }

        void onAttribute(AttributeReader attribute) {
            switch (attribute.type()) {
                case DST -> destination = Families.prefix(attribute, family, u8(1));
                case SRC -> source = Optional.of(Families.prefix(attribute, family, u8(2)));
                case OIF -> link = attribute.u32();
                case GATEWAY -> gateway = Optional.of(attribute.address(family));
                case VIA -> gateway = Families.via(attribute);
                case PRIORITY -> priority = Integer.toUnsignedLong(attribute.u32());
                case PREFSRC -> preferredSource = Optional.of(attribute.address(family));
                case METRICS -> mtu = mtu(attribute.nested(METRIC_NAMES));
                case MULTIPATH -> hops = hops(attribute, family);
                case TABLE -> table = attribute.u32();
                case NH_ID -> nextHopId = OptionalInt.of(attribute.u32());
                default -> {
                    // Cache state, encapsulation, and what later kernels add: no part of which way it goes.
                }
            }
        }

        Route route() {
            int flags = payload.getInt(start + 8);
            if (hops.isEmpty() && (link != 0 || gateway.isPresent())) {
                hops = List.of(new Hop(link, gateway, 1, flags & HOP_FLAGS));
            }
            return new Route(
                    destination,
                    table,
                    new RouteType(u8(7)),
                    source,
                    u8(3),
                    u8(6),
                    new RouteProtocol(u8(5)),
                    priority,
                    preferredSource,
                    hops,
                    nextHopId,
                    mtu,
                    flags);
        }

        private int u8(int offset) {
            return Byte.toUnsignedInt(payload.get(start + offset));
        }
    }

    private static List<Hop> hops(AttributeReader multipath, IpFamily family) {
        var hops = new ArrayList<Hop>();
        int at = 0;
        while (at < multipath.length()) {
            int length = multipath.u16At(at);
            if (length < RTNEXTHOP_LENGTH) {
                multipath.reject("next hop of " + length + " bytes");
                return hops;
            }
            Optional<IpAddress> gateway = Optional.empty();
            var attributes = multipath.region(at + RTNEXTHOP_LENGTH, length - RTNEXTHOP_LENGTH, NAMES);
            while (attributes.next()) {
                switch (attributes.type()) {
                    case GATEWAY -> gateway = Optional.of(attributes.address(family));
                    case VIA -> gateway = Families.via(attributes);
                    default -> {
                        // As in the route itself.
                    }
                }
            }
            // rtnh_hops is the weight less one.
            hops.add(new Hop(multipath.u32At(at + 4), gateway, multipath.u8At(at + 3) + 1, multipath.u8At(at + 2)));
            at += length + 3 & ~3;
        }
        return hops;
    }
}
