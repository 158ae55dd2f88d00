package dev.reroam.linux.packet;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells who sends packets that come in by an interface: packet sockets (packet(7)) without link headers, one for each
 * family, with a filter from before they hear anything. Nothing beyond the fixed IP header is copied, and what we send does
 * not count. To be closed soon: while it is open, each packet that comes in by the interface is looked at. Confined to the
 * agent's loop.
 */
public final class SourceTap implements AutoCloseable {

    private static final int PACKETS_A_TURN = 64;
    private static final int LONGEST_HEADER = IpHeader.fixedLength(IpFamily.V6);

    // Until bind(2) names one, a packet socket of no protocol hears nothing.
    private static final int NO_PROTOCOL = 0;

    private final List<Descriptor> sockets = new ArrayList<>(2);
    private final Consumer<IpAddress> sources;
    private final ByteBuffer in = ByteBuffer.allocateDirect(LONGEST_HEADER).order(ByteOrder.BIG_ENDIAN);

    private SourceTap(Consumer<IpAddress> sources) {
        this.sources = sources;
    }

    /**
     * Begins to listen.
     *
     * @param interfaceName for messages
     * @param from whose packets count; of each family no more than 32 are looked for
     * @param sources is told each packet's source, on the loop; the tap may be closed in this call
     * @throws LinuxException EPERM without CAP_NET_RAW, EAFNOSUPPORT of a kernel without packet sockets, ENODEV when the
     *     interface is gone
     */
    public static SourceTap open(
            DescriptorLoop loop,
            int interfaceIndex,
            String interfaceName,
            List<IpPrefix> from,
            Consumer<IpAddress> sources)
            throws LinuxException {
        var tap = new SourceTap(sources);
        try {
            for (var family : IpFamily.values()) {
                if (from.stream().anyMatch(network -> network.family() == family)) {
                    tap.listen(loop, family, interfaceIndex, interfaceName, from);
                }
            }
            return tap;
        } catch (LinuxException e) {
            tap.close();
            throw e;
        }
    }

    private void listen(
            DescriptorLoop loop, IpFamily family, int interfaceIndex, String interfaceName, List<IpPrefix> from)
            throws LinuxException {
        var socket =
                Descriptor.socket("packet socket on " + interfaceName, Libc.AF_PACKET, Libc.SOCK_DGRAM, NO_PROTOCOL);
        sockets.add(socket);
        Libc.check("filter " + socket.name(), Libc.attachFilter(socket.fd(), SourceFilter.program(family, from)));
        socket.bind(SocketAddress.packet(interfaceIndex, etherType(family)));
        socket.onReadable(loop, () -> read(family, socket));
    }

    private void read(IpFamily family, Descriptor socket) {
        for (int i = 0; i < PACKETS_A_TURN && socket.isOpen(); i++) {
            int received = Libc.receive(socket.fd(), in.clear(), Libc.MSG_DONTWAIT);
            if (received == -Errno.EAGAIN.number()) {
                return;
            }
            // Any other errno is that the interface went down; reading cleared it, and our closer's time runs.
            if (received >= 0) {
                IpHeader.source(family, in.limit(received)).ifPresent(sources);
            }
        }
    }

    // linux/if_ether.h ETH_P_IP, ETH_P_IPV6
    private static int etherType(IpFamily family) {
        return switch (family) {
            case V4 -> 0x0800;
            case V6 -> 0x86dd;
        };
    }

    /** Stops listening; idempotent. */
    @Override
    public void close() {
        sockets.forEach(Descriptor::close);
    }
}
