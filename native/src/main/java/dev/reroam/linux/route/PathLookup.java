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
 * it and, with strict checks, refuses that flag.
 */
final class PathLookup {

    private static final int RTM_F_LOOKUP_TABLE = 0x1000;
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

    PathLookup(NetlinkSocket socket) {
        this.socket = socket;
    }

    RouteAnswer ask(PathQuestion question) throws NetlinkException, MalformedMessageException {
        write(question);
        found = null;
        try {
            socket.ask(request, this::onMessage);
        } catch (NetlinkException e) {
            // With a text of its own the kernel speaks of the request, not of the packet.
            if (OUTCOMES.contains(e.errno()) && e.kernelText().isEmpty()) {
                return new RouteAnswer.Refused(e.errno());
            }
            throw e;
        }
        if (found == null) {
            throw new MalformedMessageException("path", "an answer without a route");
        }
        // IPv4 leaves the source out where the question named it, and IPv6 names the one that it would have picked.
        return question.source().isEmpty() ? found : found.withSource(question.source());
    }

    private void write(PathQuestion question) {
        var family = question.destination().family();
        AttributeWriter body = request.begin("look up path", Rtm.GETROUTE, 0)
                .fixed8(family.number())
                .fixed8(family.bits())
                .fixed8(question.source().isPresent() ? family.bits() : 0)
                .fixed8(0)
                .fixed32(0)
                .fixed32(family == IpFamily.V4 ? RTM_F_LOOKUP_TABLE : 0);
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
