package dev.reroam.linux.conntrack;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * IPCTNL_MSG_CT_NEW, and how a flow or many are named in a request: linux/netfilter/nfnetlink.h {@code nfgenmsg}, then
 * {@code CTA_*}.
 *
 * <pre>
 * 0  family        u8
 * 1  version       u8, 0
 * 2  resource id   u16, 0
 * </pre>
 */
final class FlowCodec {

    private static final String MESSAGE = "flow";

    private FlowCodec() {}

    /** Empty for families that are none of ours, and for protocols without ports. */
    static Optional<Flow> decode(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(Ctnl.HEADER, payload, MESSAGE, Ctnl.FLOW);
        var family = family(Byte.toUnsignedInt(payload.get(payload.position())));
        if (family.isEmpty()) {
            return Optional.empty();
        }
        var original = new TupleDecoder(family.get());
        var reply = new TupleDecoder(family.get());
        var id = Optional.<Integer>empty();
        int zone = 0;
        int status = 0;
        int mark = 0;
        int timeout = 0;
        while (attributes.next()) {
            switch (attributes.type()) {
                case Ctnl.TUPLE_ORIG -> original.read(attributes);
                case Ctnl.TUPLE_REPLY -> reply.read(attributes);
                case Ctnl.STATUS -> status = attributes.be32();
                case Ctnl.TIMEOUT -> timeout = attributes.be32();
                case Ctnl.MARK -> mark = attributes.be32();
                case Ctnl.ID -> id = Optional.of(attributes.be32());
                case Ctnl.ZONE -> zone = attributes.be16();
                default -> {
                    // Counters, helpers, labels: nothing that says whose flow it is or where it goes.
                }
            }
        }
        attributes.check();
        var there = original.tuple("CTA_TUPLE_ORIG");
        var back = reply.tuple("CTA_TUPLE_REPLY");
        if (there.isEmpty() || back.isEmpty()) {
            return Optional.empty();
        }
        if (id.isEmpty()) {
            throw new MalformedMessageException(MESSAGE, "no CTA_ID");
        }
        if (there.get().protocol() != back.get().protocol()) {
            throw new MalformedMessageException(
                    MESSAGE,
                    "protocol " + there.get().protocol() + " answered by "
                            + back.get().protocol());
        }
        return Optional.of(new Flow(id.get(), there.get(), back.get(), zone, new FlowStatus(status), mark, timeout));
    }

    /** The fixed header of a request. */
    static AttributeWriter header(AttributeWriter body, int family) {
        return body.fixed8(family).fixed8(0).fixed16(0);
    }

    /** Names this one flow: the original tuple whole, the zone, and the id. */
    static void writeName(AttributeWriter body, Flow flow) {
        var tuple = flow.original();
        header(body, tuple.source().address().family().number());
        int whole = body.nest(Ctnl.TUPLE_ORIG);
        writeAddresses(
                body,
                Optional.of(tuple.source().address()),
                Optional.of(tuple.destination().address()));
        int protocol = body.nest(Ctnl.TUPLE_PROTO);
        body.u8(Ctnl.PROTO_NUM, tuple.protocol())
                .be16(Ctnl.PROTO_SRC_PORT, tuple.source().port())
                .be16(Ctnl.PROTO_DST_PORT, tuple.destination().port())
                .end(protocol);
        if (tuple.zone() != 0) {
            body.be16(Ctnl.TUPLE_ZONE, tuple.zone());
        }
        body.end(whole);
        if (flow.zone() != 0) {
            body.be16(Ctnl.ZONE, flow.zone());
        }
        body.be32(Ctnl.ID, flow.id());
    }

    /**
     * Has the kernel leave out of a dump what a filter does not match, though not all of it; kernels before 5.8 step over it
     * and send everything.
     *
     * <p>IPv6 addresses are not asked for: the kernel then sends exactly the others (seen with 6.18).
     */
    static void writeFilter(AttributeWriter body, FlowFilter filter) {
        int whole = body.nest(Ctnl.TUPLE_ORIG);
        int flags = Ctnl.FILTER_F_PROTO_NUM;
        boolean addresses = filter.source().isPresent() || filter.destination().isPresent();
        if (addresses && filter.family() == IpFamily.V4) {
            flags |= writeAddresses(body, filter.source(), filter.destination());
        }
        int protocol = body.nest(Ctnl.TUPLE_PROTO);
        body.u8(Ctnl.PROTO_NUM, FlowTuple.UDP);
        if (filter.sourcePort().isPresent()) {
            body.be16(Ctnl.PROTO_SRC_PORT, filter.sourcePort().getAsInt());
            flags |= Ctnl.FILTER_F_PROTO_SRC_PORT;
        }
        if (filter.destinationPort().isPresent()) {
            body.be16(Ctnl.PROTO_DST_PORT, filter.destinationPort().getAsInt());
            flags |= Ctnl.FILTER_F_PROTO_DST_PORT;
        }
        body.end(protocol).end(whole);
        int which = body.nest(Ctnl.FILTER);
        body.u32(Ctnl.FILTER_ORIG_FLAGS, flags).u32(Ctnl.FILTER_REPLY_FLAGS, 0).end(which);
    }

    /** The filter flags of what it wrote. */
    private static int writeAddresses(
            AttributeWriter body, Optional<IpAddress> source, Optional<IpAddress> destination) {
        int addresses = body.nest(Ctnl.TUPLE_IP);
        source.ifPresent(
                address -> body.address(address.family() == IpFamily.V4 ? Ctnl.IP_V4_SRC : Ctnl.IP_V6_SRC, address));
        destination.ifPresent(
                address -> body.address(address.family() == IpFamily.V4 ? Ctnl.IP_V4_DST : Ctnl.IP_V6_DST, address));
        body.end(addresses);
        return (source.isPresent() ? Ctnl.FILTER_F_IP_SRC : 0) | (destination.isPresent() ? Ctnl.FILTER_F_IP_DST : 0);
    }

    private static Optional<IpFamily> family(int number) {
        for (var family : IpFamily.values()) {
            if (family.number() == number) {
                return Optional.of(family);
            }
        }
        return Optional.empty();
    }

    /** Collects what the attributes of one tuple say. */
    private static final class TupleDecoder {

        private final IpFamily family;
        private Optional<IpAddress> source = Optional.empty();
        private Optional<IpAddress> destination = Optional.empty();
        private Optional<Integer> sourcePort = Optional.empty();
        private Optional<Integer> destinationPort = Optional.empty();
        private int protocol = -1;
        private int zone;

        TupleDecoder(IpFamily family) {
            this.family = family;
        }

        void read(AttributeReader attribute) {
            var parts = attribute.nested(Ctnl.TUPLE);
            while (parts.next()) {
                switch (parts.type()) {
                    case Ctnl.TUPLE_IP -> addresses(parts.nested(Ctnl.IP));
                    case Ctnl.TUPLE_PROTO -> ports(parts.nested(Ctnl.PROTO));
                    case Ctnl.TUPLE_ZONE -> zone = parts.be16();
                    default -> {
                        // What later kernels tell one tuple from another by; the id tells them apart, too.
                    }
                }
            }
        }

        private void addresses(AttributeReader addresses) {
            while (addresses.next()) {
                switch (addresses.type()) {
                    case Ctnl.IP_V4_SRC, Ctnl.IP_V6_SRC -> source = Optional.of(addresses.address(family));
                    case Ctnl.IP_V4_DST, Ctnl.IP_V6_DST -> destination = Optional.of(addresses.address(family));
                    default -> {
                        // No other addresses exist in these families.
                    }
                }
            }
        }

        private void ports(AttributeReader ports) {
            while (ports.next()) {
                switch (ports.type()) {
                    case Ctnl.PROTO_NUM -> protocol = ports.u8();
                    case Ctnl.PROTO_SRC_PORT -> sourcePort = Optional.of(ports.be16());
                    case Ctnl.PROTO_DST_PORT -> destinationPort = Optional.of(ports.be16());
                    default -> {
                        // What ICMP has in place of ports.
                    }
                }
            }
        }

        Optional<FlowTuple> tuple(String name) throws MalformedMessageException {
            if (source.isEmpty() || destination.isEmpty() || protocol < 0) {
                throw new MalformedMessageException(MESSAGE + ": " + name, "addresses or protocol missing");
            }
            if (sourcePort.isEmpty() || destinationPort.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new FlowTuple(
                    protocol,
                    new Endpoint(source.get(), sourcePort.get()),
                    new Endpoint(destination.get(), destinationPort.get()),
                    zone));
        }
    }
}
