package dev.reroam.linux.packet;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import java.nio.ByteBuffer;

/** An ordinary UDP socket, bound to an uplink. Confined to the agent's loop. */
final class OwnPort implements UdpPort {

    // linux/in.h IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE; linux/in6.h IPPROTO_IPV6, IPV6_MTU_DISCOVER, and
    // IPV6_PMTUDISC_PROBE of the same number
    private static final int IPPROTO_IP = 0;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int PROBE = 3;

    private final UdpPorts ports;
    private final Descriptor socket;
    private final Outlet outlet;
    private final Endpoint local;

    private OwnPort(UdpPorts ports, Descriptor socket, Outlet outlet, Endpoint local) {
        this.ports = ports;
        this.socket = socket;
        this.outlet = outlet;
        this.local = local;
    }

    static OwnPort open(UdpPorts ports, Outlet outlet, int port, Receiver receiver) throws LinuxException {
        String name = "UDP socket" + (outlet.interfaceName().isEmpty() ? "" : " on " + outlet.interfaceName());
        var socket = Descriptor.socket(name, outlet.family().number(), Libc.SOCK_DGRAM, 0);
        try {
            UdpPorts.aim(socket, outlet);
            socket.bind(SocketAddress.internet(new Endpoint(outlet.source(), port), outlet.interfaceIndex()));
            ports.listen(socket, receiver::onDatagram);
            return new OwnPort(ports, socket, outlet, ports.local(socket));
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    static OwnPort openUnfragmented(UdpPorts ports, Outlet outlet, Receiver receiver) throws LinuxException {
        var port = open(ports, outlet, 0, receiver);
        try {
            boolean v4 = outlet.family() == IpFamily.V4;
            port.socket.setOption(v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, PROBE);
            return port;
        } catch (LinuxException e) {
            port.close();
            throw e;
        }
    }

    @Override
    public Endpoint local() {
        return local;
    }

    @Override
    public void send(ByteBuffer payload, Endpoint to) throws LinuxException {
        ports.out.clear().put(payload.duplicate()).flip();
        var address = SocketAddress.internet(to, to.address().isLinkLocal() ? outlet.interfaceIndex() : 0);
        Libc.check(
                "send to " + to + " by " + socket.name(),
                Libc.sendTo(socket.fd(), ports.out, Libc.MSG_DONTWAIT, address));
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
