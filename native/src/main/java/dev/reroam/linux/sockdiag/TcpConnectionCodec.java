package dev.reroam.linux.sockdiag;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.netlink.AttributeNames;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * linux/inet_diag.h: {@code inet_diag_req_v2} out, {@code inet_diag_msg} and {@code INET_DIAG_*} in.
 *
 * <pre>
 * request            answer                 sockid (at 8, at 4)
 * 0  family    u8    0  family       u8     0  local port    be16
 * 1  protocol  u8    1  state        u8     2  remote port   be16
 * 2  extras    u8    2  timer        u8     4  local         16 bytes, IPv4 the first 4
 * 3  pad       u8    3  retransmits  u8     20 remote        16 bytes
 * 4  states    u32   4  sockid       48     36 interface     u32
 * 8  sockid    48    52 timer in ms  u32    40 cookie        u32, u32: low, high
 *                    56 receive queue u32
 *                    60 send queue   u32
 *                    64 uid          u32
 *                    68 inode        u32
 * </pre>
 */
final class TcpConnectionCodec {

    static final int REQUEST_LENGTH = 56;
    static final int FIXED_LENGTH = 72;

    // linux/in.h
    private static final int IPPROTO_TCP = 6;
    private static final AttributeNames NAMES = AttributeNames.of(
            "INET_DIAG",
            "NONE",
            "MEMINFO",
            "INFO",
            "VEGASINFO",
            "CONG",
            "TOS",
            "TCLASS",
            "SKMEMINFO",
            "SHUTDOWN",
            "DCTCPINFO",
            "PROTOCOL",
            "SKV6ONLY",
            "LOCALS",
            "PEERS",
            "PAD",
            "MARK",
            "BBRINFO",
            "CLASS_ID",
            "MD5SIG",
            "ULP_INFO",
            "SK_BPF_STORAGES",
            "CGROUP_ID");
    private static final int INFO = 2;
    private static final int MARK = 15;
    private static final int CGROUP_ID = 21;
    // The rest of the extras comes without being asked for.
    private static final int ASK_FOR_INFO = 1 << (INFO - 1);

    private static final int ANSWER_SOCKID = 4;
    private static final int LOCAL = 4;
    private static final int REMOTE = 20;
    private static final int INTERFACE = 36;
    private static final int COOKIE = 40;

    // linux/tcp.h tcp_info: retransmits u8 at 2, backoff u8 at 4, then u32 each.
    private static final int INFO_RTO = 8;
    private static final int INFO_UNACKED = 24;
    private static final int INFO_LAST_DATA_SENT = 44;
    private static final int INFO_LAST_DATA_RECV = 52;
    private static final int INFO_LAST_ACK_RECV = 56;
    // RFC 4291 section 2.5.5.2: ::ffff:0:0/96
    private static final long MAPPED_V4 = 0xffff;

    private TcpConnectionCodec() {}

    /** Asks for all sockets of a family that are in one of these states. */
    static void writeDump(AttributeWriter body, IpFamily family, int states) {
        body.fixed8(family.number()).fixed8(IPPROTO_TCP).fixed8(ASK_FOR_INFO).fixed8(0);
        body.fixed32(states).fixed(new byte[REQUEST_LENGTH - 8]);
    }

    /** Names one socket. An IPv6 socket that speaks IPv4 is found under IPv4, too. */
    static void writeOne(AttributeWriter body, TcpConnection connection) {
        Endpoint local = connection.local();
        Endpoint remote = connection.remote();
        body.fixed8(local.address().family().number()).fixed8(IPPROTO_TCP);
        body.fixed8(ASK_FOR_INFO).fixed8(0).fixed32(-1);
        port(body, local);
        port(body, remote);
        address(body, local);
        address(body, remote);
        body.fixed32(connection.link().orElse(0));
        body.fixed32((int) connection.cookie()).fixed32((int) (connection.cookie() >>> 32));
    }

    private static void port(AttributeWriter body, Endpoint endpoint) {
        body.fixed8(endpoint.port() >>> 8).fixed8(endpoint.port() & 0xff);
    }

    private static void address(AttributeWriter body, Endpoint endpoint) {
        byte[] bytes = endpoint.address().bytes();
        body.fixed(bytes).fixed(new byte[16 - bytes.length]);
    }

    /** Empty for another family, or a state that is not known here. */
    static Optional<TcpConnection> decode(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(FIXED_LENGTH, payload, "tcp connection", NAMES);
        int start = payload.position();
        int family = Byte.toUnsignedInt(payload.get(start));
        var state = TcpState.of(Byte.toUnsignedInt(payload.get(start + 1)));
        OptionalInt mark = OptionalInt.empty();
        OptionalLong cgroup = OptionalLong.empty();
        Optional<TcpHealth> health = Optional.empty();
        while (attributes.next()) {
            switch (attributes.type()) {
                // The kernel writes the attribute for a socket without it, too, then without value.
                case INFO -> health = attributes.length() == 0 ? Optional.empty() : Optional.of(health(attributes));
                case MARK -> mark = OptionalInt.of(attributes.u32());
                case CGROUP_ID -> cgroup = OptionalLong.of(attributes.u64());
                default -> {
                    // Memory, congestion control, traffic class: nothing that a decision rests on.
                }
            }
        }
        attributes.check();
        if (state.isEmpty() || (family != IpFamily.V4.number() && family != IpFamily.V6.number())) {
            return Optional.empty();
        }
        int sockid = start + ANSWER_SOCKID;
        int link = payload.getInt(sockid + INTERFACE);
        return Optional.of(new TcpConnection(
                state.get(),
                endpoint(payload, family, sockid, sockid + LOCAL),
                endpoint(payload, family, sockid + 2, sockid + REMOTE),
                link == 0 ? OptionalInt.empty() : OptionalInt.of(link),
                Integer.toUnsignedLong(payload.getInt(start + 56)),
                Integer.toUnsignedLong(payload.getInt(start + 60)),
                Integer.toUnsignedLong(payload.getInt(start + 64)),
                Integer.toUnsignedLong(payload.getInt(start + 68)),
                Integer.toUnsignedLong(payload.getInt(sockid + COOKIE))
                        | (long) payload.getInt(sockid + COOKIE + 4) << 32,
                mark,
                cgroup,
                health));
    }

    private static TcpHealth health(AttributeReader info) {
        return new TcpHealth(
                info.u8At(2),
                info.u8At(4),
                unsigned(info, INFO_RTO),
                unsigned(info, INFO_UNACKED),
                unsigned(info, INFO_LAST_DATA_SENT),
                unsigned(info, INFO_LAST_DATA_RECV),
                unsigned(info, INFO_LAST_ACK_RECV));
    }

    private static long unsigned(AttributeReader info, int offset) {
        return Integer.toUnsignedLong(info.u32At(offset));
    }

    private static Endpoint endpoint(ByteBuffer payload, int family, int portAt, int addressAt) {
        byte[] bytes = new byte[family == IpFamily.V4.number() ? IpFamily.V4.bytes() : IpFamily.V6.bytes()];
        payload.get(addressAt, bytes);
        int port = Byte.toUnsignedInt(payload.get(portAt)) << 8 | Byte.toUnsignedInt(payload.get(portAt + 1));
        return new Endpoint(unmapped(IpAddress.of(bytes)), port);
    }

    private static IpAddress unmapped(IpAddress address) {
        boolean mapped = address.family() == IpFamily.V6 && address.high() == 0 && address.low() >>> 32 == MAPPED_V4;
        return mapped ? new IpAddress(IpFamily.V4, 0, address.low() & 0xffff_ffffL) : address;
    }
}
