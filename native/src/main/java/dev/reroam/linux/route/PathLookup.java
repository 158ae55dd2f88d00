package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.AttributeNames;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.netlink.Request;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * RTM_GETROUTE for one packet, the same request buffer each time. One thread.
 *
 * <p>RTM_F_LOOKUP_TABLE makes IPv4 name the table in which it found the route, instead of always the main one. IPv6 always names
 * it and, with strict checks, refuses that flag. RTM_F_FIB_MATCH (Linux 4.13) asks for the table's entry that matched, with its
 * prefix and protocol, instead of what becomes of the packet; kernels that do not know it answer as without it.
 */
final class PathLookup {

    private static final int RTM_F_LOOKUP_TABLE = 0x1000;
    private static final int RTM_F_FIB_MATCH = 0x2000;
    private static final AttributeNames METRIC_NAMES = AttributeNames.of("RTAX", "UNSPEC", "LOCK", "MTU");

    /**
     * What a packet can get instead of a way. net/ipv4/fib_semantics.c {@code fib_props}, net/ipv4/route.c and
     * net/ipv6/route.c; anything else is a fault of the question.
     */
    private static final Set<Errno> OUTCOMES = Set.of(
            Errno.ENETUNREACH,
            Errno.EHOSTUNREACH,
            Errno.EACCES,
            Errno.EINVAL,
            Errno.EAGAIN,
            Errno.ENETDOWN,
            Errno.ENODEV,
            Errno.EADDRNOTAVAIL);

    private final NetlinkSocket socket;
    private final Request request = new Request(256);
    // Null until the kernel has answered the question under way.
    private RouteAnswer.@Nullable Reachable found;
    private @Nullable Route matched;

    PathLookup(NetlinkSocket socket) {
        this.socket = socket;
    }

    RouteAnswer ask(PathQuestion question) throws NetlinkException, MalformedMessageException {
        write(question, 0);
        found = null;
        try {
            socket.ask(request, this::onMessage);
        } catch (NetlinkException e) {
            return new RouteAnswer.Refused(outcome(e));
        }
        if (found == null) {
            throw new MalformedMessageException("path", "an answer without a route");
        }
        // IPv4 leaves the source out where the question named it, and IPv6 names the one that it would have picked.
        return question.source().isEmpty() ? found : found.withSource(question.source());
    }

    /** The entry that decides; empty where the packet would not be sent, or the kernel does not say. */
    Optional<Route> match(PathQuestion question) throws NetlinkException, MalformedMessageException {
        write(question, RTM_F_FIB_MATCH);
        matched = null;
        try {
            socket.ask(request, this::onMatch);
        } catch (NetlinkException e) {
            outcome(e);
            return Optional.empty();
        }
        if (matched == null) {
            throw new MalformedMessageException("path", "an answer without a route");
        }
        // The answer of a kernel that does not know what was asked.
        return Optional.of(matched).filter(route -> !route.isCached());
    }

    private static Errno outcome(NetlinkException e) throws NetlinkException {
        // With a text of its own the kernel speaks of the request, not of the packet.
        if (OUTCOMES.contains(e.errno()) && e.kernelText().isEmpty()) {
            return e.errno();
        }
        throw e;
    }

    private void write(PathQuestion question, int flags) {
        var family = question.destination().family();
        AttributeWriter body = request.begin("look up path", Rtm.GETROUTE, 0)
                .fixed8(family.number())
                .fixed8(family.bits())
                .fixed8(question.source().isPresent() ? family.bits() : 0)
                .fixed8(0)
                .fixed32(0)
                .fixed32(flags | (family == IpFamily.V4 ? RTM_F_LOOKUP_TABLE : 0));
        address(body, RouteCodec.DST, question.destination());
        if (question.source().isPresent()) {
            address(body, RouteCodec.SRC, question.source().get());
        }
        if (question.mark() != 0) {
            body.u32(RouteCodec.MARK, question.mark());
        }
        if (question.ipProtocol() != 0) {
            body.u8(RouteCodec.IP_PROTO, question.ipProtocol());
            if (question.sourcePort() != 0) {
                body.be16(RouteCodec.SPORT, question.sourcePort());
            }
            if (question.destinationPort() != 0) {
                body.be16(RouteCodec.DPORT, question.destinationPort());
            }
        }
        body.u32(RouteCodec.UID, question.uid());
        if (question.link().isPresent()) {
            body.u32(RouteCodec.OIF, question.link().getAsInt());
        }
    }

    private static void address(AttributeWriter body, int type, IpAddress address) {
        if (address.family() == IpFamily.V4) {
            body.be32(type, (int) address.low());
        } else {
            body.address(type, address);
        }
    }

    private void onMessage(MessageHeader header, ByteBuffer payload) throws MalformedMessageException {
        if (header.type() != Rtm.NEWROUTE) {
            throw new MalformedMessageException("path", "an answer of type " + header.type());
        }
        found = decode(payload);
    }

    private void onMatch(MessageHeader header, ByteBuffer payload) throws MalformedMessageException {
        if (header.type() != Rtm.NEWROUTE) {
            throw new MalformedMessageException("path", "an answer of type " + header.type());
        }
        matched = RouteCodec.decode(payload)
                .orElseThrow(() -> new MalformedMessageException("path", "a route of another family"));
    }

    static RouteAnswer.Reachable decode(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(RouteCodec.FIXED_LENGTH, payload, "path", RouteCodec.NAMES);
        int start = payload.position();
        var family = Families.of(Byte.toUnsignedInt(payload.get(start)))
                .orElseThrow(() -> new MalformedMessageException("path", "family " + payload.get(start)));
        int link = 0;
        int table = Byte.toUnsignedInt(payload.get(start + 4));
        int mtu = 0;
        Optional<IpAddress> gateway = Optional.empty();
        Optional<IpAddress> source = Optional.empty();
        while (attributes.next()) {
            switch (attributes.type()) {
                case RouteCodec.OIF -> link = attributes.u32();
                case RouteCodec.GATEWAY -> gateway = Optional.of(attributes.address(family));
                case RouteCodec.VIA -> gateway = Families.via(attributes);
                case RouteCodec.PREFSRC -> source = Optional.of(attributes.address(family));
                case RouteCodec.TABLE -> table = attributes.u32();
                case RouteCodec.METRICS -> mtu = RouteCodec.mtu(attributes.nested(METRIC_NAMES));
                default -> {
                    // The question comes back in the answer, and cache state.
                }
            }
        }
        attributes.check();
        var type = new RouteType(Byte.toUnsignedInt(payload.get(start + 7)));
        return new RouteAnswer.Reachable(link, gateway, source, table, type, mtu);
    }
}
