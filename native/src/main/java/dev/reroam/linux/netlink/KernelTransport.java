package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A netlink socket of this network namespace (the namespace of the thread that opens it). */
final class KernelTransport implements NetlinkTransport {

    // linux/socket.h SOL_NETLINK; linux/netlink.h NETLINK_*
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_DROP_MEMBERSHIP = 2;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;

    private static final int PORT_ID_AT = 4;
    private static final int POLLFD_BYTES = 8;

    private final Descriptor socket;
    private final int portId;
    private final ByteBuffer address = direct(SocketAddress.MAX_LENGTH);
    private final ByteBuffer addressLength = direct(Integer.BYTES);
    private final ByteBuffer pollSet = direct(POLLFD_BYTES);

    private KernelTransport(Descriptor socket) throws LinuxException {
        this.socket = socket;
        socket.bind(SocketAddress.netlink(0, 0));
        // Each since a kernel of its own (4.12, 4.3, 4.20). Without them there is less text, longer acknowledgements
        // and
        // laxer filters, all of which are coped with; so a refusal is no reason to go without the socket.
        socket.trySetOption(SOL_NETLINK, NETLINK_EXT_ACK, 1);
        socket.trySetOption(SOL_NETLINK, NETLINK_CAP_ACK, 1);
        socket.trySetOption(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        Libc.check("name " + socket.name(), Libc.socketName(socket.fd(), address, addressLength));
        portId = address.getInt(PORT_ID_AT);
    }

    static KernelTransport open(NetlinkProtocol protocol) throws LinuxException {
        var socket =
                Descriptor.socket("netlink " + protocol + " socket", Libc.AF_NETLINK, Libc.SOCK_RAW, protocol.number());
        try {
            return new KernelTransport(socket);
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    /** Asks for a receive buffer: beyond the system's limit where we may, else up to it. */
    KernelTransport receiveBuffer(int bytes) throws LinuxException {
        // EPERM without CAP_NET_ADMIN.
        if (socket.trySetOption(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, bytes) < 0) {
            socket.setOption(Libc.SOL_SOCKET, Libc.SO_RCVBUF, bytes);
        }
        return this;
    }

    @Override
    public int send(ByteBuffer message) {
        return Libc.send(socket.fd(), message, 0);
    }

    @Override
    public int receive(ByteBuffer into, boolean peek) {
        int flags = Libc.MSG_DONTWAIT | Libc.MSG_TRUNC | (peek ? Libc.MSG_PEEK : 0);
        return Libc.receiveFrom(socket.fd(), into, flags, address, addressLength);
    }

    @Override
    public int sender() {
        return address.getInt(PORT_ID_AT);
    }

    @Override
    public int await(int timeoutMillis) {
        pollSet.putInt(0, socket.fd()).putShort(4, (short) Libc.POLLIN).putShort(6, (short) 0);
        int ready = Libc.poll(pollSet, timeoutMillis);
        // A signal ends the wait early; the caller looks and waits again.
        return ready == -Errno.EINTR.number() ? 1 : ready;
    }

    @Override
    public int portId() {
        return portId;
    }

    @Override
    public int join(int group) {
        return socket.trySetOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
    }

    @Override
    public int leave(int group) {
        return socket.trySetOption(SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, group);
    }

    @Override
    public void listen(DescriptorLoop loop, Runnable onReadable) throws LinuxException {
        socket.onReadable(loop, onReadable);
    }

    @Override
    public void close() {
        socket.close();
    }

    private static ByteBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
    }
}
