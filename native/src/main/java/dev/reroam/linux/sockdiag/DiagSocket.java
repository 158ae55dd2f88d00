package dev.reroam.linux.sockdiag;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.DumpStream;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.MessageConsumer;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.netlink.NetlinkProtocol;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.netlink.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks inet_diag about TCP. Confined to one thread and to the network namespace that it was opened in.
 *
 * <p>A kernel without tcp_diag (OpenWrt without kmod-inet-diag) refuses every question with ENOENT. One message of the
 * kernel holds about 100 connections.
 */
public final class DiagSocket implements AutoCloseable {

    // linux/sock_diag.h
    private static final int SOCK_DIAG_BY_FAMILY = 20;
    private static final int SOCK_DESTROY = 21;

    private final NetlinkSocket socket;
    private final Request request = new Request(128);

    /** Above a socket of {@link NetlinkProtocol#SOCK_DIAG}, which it closes. */
    public DiagSocket(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** A socket to the kernel. */
    public static DiagSocket open() throws LinuxException {
        return new DiagSocket(NetlinkSocket.open(NetlinkProtocol.SOCK_DIAG));
    }

    /**
     * All sockets of a family in these states. An IPv6 socket that speaks IPv4 is among those of IPv6. For machines that
     * may have many see {@link #stream}.
     */
    public List<TcpConnection> connections(IpFamily family, Set<TcpState> states)
            throws NetlinkException, MalformedMessageException {
        var found = new ArrayList<TcpConnection>();
        begin(family, states);
        socket.dump(request, into(found::add));
        return found;
    }

    /**
     * Begins to read them piece by piece; each goes to {@code consumer} and is not kept. Until the stream has ended or was
     * closed this socket takes no other request.
     */
    public DumpStream stream(IpFamily family, Set<TcpState> states, Consumer<TcpConnection> consumer)
            throws NetlinkException {
        begin(family, states);
        return socket.stream(request, into(consumer));
    }

    /** The same connection as it is now; empty when there is none any more. */
    public Optional<TcpConnection> again(TcpConnection connection) throws NetlinkException, MalformedMessageException {
        var found = new ArrayList<TcpConnection>(1);
        TcpConnectionCodec.writeOne(
                request.begin("read TCP connection " + connection.ends(), SOCK_DIAG_BY_FAMILY, 0), connection);
        try {
            socket.ask(request, into(found::add));
        } catch (NetlinkException e) {
            if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
        return found.stream().findFirst();
    }

    /**
     * Destroys exactly this socket, and no later one of the same addresses and ports: the cookie tells them apart. Needs
     * CAP_NET_ADMIN, else EPERM.
     */
    public Destruction destroy(TcpConnection connection) throws NetlinkException, MalformedMessageException {
        TcpConnectionCodec.writeOne(
                request.begin("destroy TCP connection " + connection.ends(), SOCK_DESTROY, 0), connection);
        try {
            socket.change(request);
            return Destruction.DONE;
        } catch (NetlinkException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return Destruction.GONE;
            }
            // EINVAL is how kernels before 4.5 refuse a message type that they do not know.
            if (e.errno().equals(Errno.EOPNOTSUPP) || e.errno().equals(Errno.EINVAL)) {
                return Destruction.UNSUPPORTED;
            }
            throw e;
        }
    }

    /** Closes the socket; idempotent. */
    @Override
    public void close() {
        socket.close();
    }

    private void begin(IpFamily family, Set<TcpState> states) {
        TcpConnectionCodec.writeDump(
                request.begin("dump " + family + " TCP connections", SOCK_DIAG_BY_FAMILY, 0),
                family,
                TcpState.bits(states));
    }

    private static MessageConsumer into(Consumer<TcpConnection> consumer) {
        return (header, payload) -> {
            if (header.type() == SOCK_DIAG_BY_FAMILY) {
                TcpConnectionCodec.decode(payload).ifPresent(consumer);
            }
        };
    }
}
