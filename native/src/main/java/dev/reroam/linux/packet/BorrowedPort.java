package dev.reroam.linux.packet;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A raw UDP socket that speaks for a port which belongs to the kernel or to another process. Confined to the agent's loop.
 *
 * <p>Sending: the kernel writes the IP header and routes, we write the UDP header. To netfilter, and so to any NAT, the packet
 * is one of the owner's. Only rules that choose a route by protocol <em>and ports</em> do not see the ports of raw packets;
 * that is why the caller asks the kernel for the owner's path first and gives it as {@link Outlet}.
 *
 * <p>Hearing: the same raw socket, connected. The alternative, AF_PACKET, was weighed and left:
 *
 * <ul>
 *   <li>AF_PACKET sees packets before netfilter, so not under the port which this machine's own NAT gives back to them, and
 *       also what the firewall then drops. A raw socket sees what the owner sees.
 *   <li>AF_PACKET sees fragments, VLAN tags taken off or not, and each kind of link in its own way; a raw socket sees whole
 *       datagrams behind all links (Ethernet, VLAN, PPP, tunnels) alike, and follows mark and VRF.
 *   <li>AF_PACKET runs its filter on every packet of the interface, so on all of the tunnel's bulk. For a connected raw
 *       socket the kernel compares addresses first (net/ipv4/raw.c raw_v4_match, net/ipv6/raw.c raw_v6_match): bulk from
 *       anybody but the correspondent is not even cloned for it.
 *   <li>What speaks for AF_PACKET is that it can have its filter before it hears anything. A raw socket hears from socket(2)
 *       on; therefore what is queued when the filter is attached is thrown away before anything is asked.
 *   <li>Neither has its checksum verified for IPv4: {@link UdpDatagram} does it. For IPv6 the kernel does (IPV6_CHECKSUM).
 * </ul>
 *
 * <p>The owner gets a copy of the answer and must be able to ignore it; WireGuard does, by the first byte.
 */
final class BorrowedPort implements UdpPort {

    // linux/in6.h
    private static final int SOL_IPV6 = 41;
    private static final int IPV6_CHECKSUM = 7;
    // More than any receive buffer holds; a bound all the same.
    private static final int MOST_QUEUED = 4096;

    private final UdpPorts ports;
    private final Descriptor socket;
    private final Endpoint local;
    private final Endpoint remote;

    private BorrowedPort(UdpPorts ports, Descriptor socket, Endpoint local, Endpoint remote) {
        this.ports = ports;
        this.socket = socket;
        this.local = local;
        this.remote = remote;
    }

    static BorrowedPort open(
            UdpPorts ports, Outlet outlet, int port, Endpoint remote, PayloadSign sign, Receiver receiver)
            throws LinuxException {
        if (port == 0 || remote.port() == 0 || remote.address().family() != outlet.family()) {
            throw new IllegalArgumentException("port " + port + " of " + outlet + " to " + remote);
        }
        var socket = Descriptor.socket(
                "raw socket for port " + port, outlet.family().number(), Libc.SOCK_RAW, UdpDatagram.PROTOCOL);
        try {
            Libc.check(
                    "filter " + socket.name(),
                    Libc.attachFilter(socket.fd(), AnswerFilter.program(port, remote, sign)));
            UdpPorts.aim(socket, outlet);
            if (outlet.family() == IpFamily.V6) {
                socket.setOption(SOL_IPV6, IPV6_CHECKSUM, UdpDatagram.CHECKSUM_AT);
            }
            if (!outlet.source().isAny()) {
                socket.bind(SocketAddress.internet(new Endpoint(outlet.source(), 0), outlet.interfaceIndex()));
            }
            // To raw sockets the port is the protocol, or must be 0.
            var address = SocketAddress.internet(new Endpoint(remote.address(), 0), outlet.interfaceIndex());
            Libc.check("connect " + socket.name() + " to " + remote.address(), Libc.connect(socket.fd(), address));
            var local = new Endpoint(ports.local(socket).address(), port);
            ports.discardQueued(socket, MOST_QUEUED);
            ports.listen(socket, (sender, packet) -> hear(sender, packet, local, remote, receiver));
            return new BorrowedPort(ports, socket, local, remote);
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    private static void hear(Endpoint sender, ByteBuffer packet, Endpoint local, Endpoint remote, Receiver receiver) {
        IpAddress here = local.address();
        Optional<UdpDatagram> datagram = here.family() == IpFamily.V4
                ? UdpDatagram.readIpv4(packet)
                : UdpDatagram.readIpv6(sender.address(), here, packet);
        // The filter has compared all this; a raw socket's filter can be lifted by nobody, yet a check costs nothing.
        datagram.filter(one -> one.from().equals(remote) && one.to().equals(local))
                .ifPresent(one -> receiver.onDatagram(one.from(), one.payload()));
    }

    @Override
    public Endpoint local() {
        return local;
    }

    /**
     * Sends as the owner would.
     *
     * @throws IllegalArgumentException when {@code to} is not the correspondent
     */
    @Override
    public void send(ByteBuffer payload, Endpoint to) throws LinuxException {
        if (!to.equals(remote)) {
            throw new IllegalArgumentException(to + " is not " + remote);
        }
        UdpDatagram.write(local, to, payload, ports.out.clear());
        int sent = Libc.send(socket.fd(), ports.out, Libc.MSG_DONTWAIT);
        if (sent == -Errno.ECONNREFUSED.number()) {
            // What an ICMP message said of the packet before; the call that told it has sent nothing.
            sent = Libc.send(socket.fd(), ports.out, Libc.MSG_DONTWAIT);
        }
        Libc.check("send to " + to + " by " + socket.name(), sent);
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() {
        socket.close();
    }
}
