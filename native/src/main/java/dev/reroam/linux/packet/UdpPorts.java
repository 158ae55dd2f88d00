package dev.reroam.linux.packet;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Opens {@link UdpPort}s and owns the buffers that all of them use. Confined to the agent's loop. */
public final class UdpPorts {

    // Longer datagrams than an Ethernet frame's are none of ours.
    private static final int LARGEST_PACKET = 2048;
    // A flood must not hold the loop: the rest is told of again.
    private static final int DATAGRAMS_A_TURN = 64;

    private final DescriptorLoop loop;
    final ByteBuffer in = ByteBuffer.allocateDirect(LARGEST_PACKET).order(ByteOrder.BIG_ENDIAN);
    final ByteBuffer out = ByteBuffer.allocateDirect(LARGEST_PACKET).order(ByteOrder.BIG_ENDIAN);
    final ByteBuffer address = direct(SocketAddress.MAX_LENGTH);
    private final ByteBuffer length = direct(Integer.BYTES);

    public UdpPorts(DescriptorLoop loop) {
        this.loop = loop;
    }

    /**
     * A port of our own: an ordinary socket, bound to its outlet.
     *
     * @param port 0 for any
     * @throws LinuxException when the kernel refuses: interface or address gone, port taken, no permission to mark
     */
    public UdpPort own(Outlet outlet, int port, UdpPort.Receiver receiver) throws LinuxException {
        return OwnPort.open(this, outlet, port, receiver);
    }

    /**
     * A port of our own whose packets nobody may cut to pieces: a packet that is too large for the way is lost, or refused
     * with EMSGSIZE where it is too large for the interface. What the kernel believes of the way's MTU does not count.
     *
     * @throws LinuxException as {@link #own}
     */
    public UdpPort ownUnfragmented(Outlet outlet, UdpPort.Receiver receiver) throws LinuxException {
        return OwnPort.openUnfragmented(this, outlet, receiver);
    }

    /**
     * A port that somebody else owns, for questions to one correspondent; to be closed as soon as they are answered.
     *
     * @param port the owner's
     * @param remote the only one to ask and to hear
     * @param sign what only the answers have; the owner sees them too and must be able to ignore them
     * @throws LinuxException EPERM without CAP_NET_RAW
     */
    public UdpPort borrow(Outlet outlet, int port, Endpoint remote, PayloadSign sign, UdpPort.Receiver receiver)
            throws LinuxException {
        return BorrowedPort.open(this, outlet, port, remote, sign, receiver);
    }

    /** Makes the socket's packets take the outlet; the source address apart, which is bound to. */
    static void aim(Descriptor socket, Outlet outlet) throws LinuxException {
        if (!outlet.interfaceName().isEmpty()) {
            byte[] name = outlet.interfaceName().getBytes(StandardCharsets.UTF_8);
            var value = ByteBuffer.allocateDirect(name.length).put(name).flip();
            Libc.check(
                    "bind " + socket.name() + " to " + outlet.interfaceName(),
                    Libc.setSocketOption(socket.fd(), Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, value));
        }
        if (outlet.mark() != 0) {
            socket.setOption(Libc.SOL_SOCKET, Libc.SO_MARK, outlet.mark());
        }
    }

    /** The local address of a socket; its port is 0 for raw sockets. */
    Endpoint local(Descriptor socket) throws LinuxException {
        Libc.check("name " + socket.name(), Libc.socketName(socket.fd(), address, length));
        return SocketAddress.endpoint(address, length.getInt(0))
                .orElseThrow(() -> new LinuxException("name " + socket.name(), Errno.EAFNOSUPPORT));
    }

    /** Throws away what came before anybody asked. */
    void discardQueued(Descriptor socket, int most) {
        for (int i = 0; i < most && Libc.receive(socket.fd(), in.clear(), Libc.MSG_DONTWAIT) >= 0; i++) {
            // The next one.
        }
    }

    /** Gets the packets of one socket; the sender is as the socket address says. */
    interface PacketReader {
        void onPacket(Endpoint sender, ByteBuffer packet);
    }

    /** Reads on the loop from now on. */
    void listen(Descriptor socket, PacketReader reader) throws LinuxException {
        socket.onReadable(loop, () -> {
            for (int i = 0; i < DATAGRAMS_A_TURN && socket.isOpen(); i++) {
                in.clear();
                int received = Libc.receiveFrom(socket.fd(), in, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC, address, length);
                if (received == -Errno.EAGAIN.number()) {
                    return;
                }
                // Any other errno is what an ICMP message said of something that we sent, or that the interface went
                // down: the question will stay without an answer, which is what its asker reckons with. Reading cleared
                // it. A longer packet than the buffer is none of ours.
                if (received >= 0 && received <= in.capacity()) {
                    var sender = SocketAddress.endpoint(address, length.getInt(0));
                    in.limit(received);
                    sender.ifPresent(from -> reader.onPacket(from, in));
                }
            }
        });
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
