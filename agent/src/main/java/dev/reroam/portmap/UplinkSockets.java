package dev.reroam.portmap;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Stimulus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.tinylog.Logger;

/**
 * The datagram sockets of one uplink: one that asks for each protocol, and those that hear announcements. All are bound to
 * the interface, so another uplink's gateway is never heard here. Confined to the agent loop.
 */
final class UplinkSockets implements AutoCloseable {

    // asm-generic/socket.h; linux/in.h IPPROTO_IP, IP_ADD_MEMBERSHIP; linux/in6.h IPPROTO_IPV6, IPV6_V6ONLY
    private static final int SO_REUSEADDR = 2;
    private static final int SO_REUSEPORT = 15;
    private static final int IPPROTO_IP = 0;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;

    private static final int LARGEST = 4096;
    /** In one turn of the loop; the rest comes in the next. */
    private static final int MOST_AT_ONCE = 32;

    // RFC 6886 section 3.2.1, RFC 6887 section 14.1: all hosts, which every interface has joined.
    private static final Endpoint ALL_HOSTS = Endpoint.parse("224.0.0.1:5350");
    private static final Endpoint ALL_NODES = Endpoint.parse("[ff02::1]:5350");
    private static final Endpoint SSDP = Endpoint.parse("239.255.255.250:1900");

    private final UplinkFacts uplink;
    private final DescriptorLoop loop;
    private final Consumer<MapperEvent> events;
    private final Map<Protocol, Descriptor> asking = new EnumMap<>(Protocol.class);
    private final List<Descriptor> listening = new ArrayList<>();
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(LARGEST).order(ByteOrder.BIG_ENDIAN);
    private final ByteBuffer sender =
            ByteBuffer.allocateDirect(SocketAddress.MAX_LENGTH).order(ByteOrder.nativeOrder());
    private final ByteBuffer senderLength = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());

    private UplinkSockets(UplinkFacts uplink, DescriptorLoop loop, Consumer<MapperEvent> events) {
        this.uplink = uplink;
        this.loop = loop;
        this.events = events;
    }

    /**
     * Opens the sockets. That announcements cannot be heard, since another program has the port for itself, is logged and
     * costs only them.
     */
    static UplinkSockets open(
            UplinkFacts uplink, Iterable<Protocol> protocols, DescriptorLoop loop, Consumer<MapperEvent> events)
            throws LinuxException {
        var sockets = openAsking(uplink, protocols, loop, events);
        boolean v4 = uplink.gateway().family() == IpFamily.V4;
        sockets.listen(
                v4 ? ALL_HOSTS : ALL_NODES,
                false,
                (from, octets) -> events.accept(new MapperEvent.Announced(from, octets)));
        if (v4) {
            sockets.listen(
                    SSDP,
                    true,
                    (from, octets) -> events.accept(
                            new MapperEvent.Came(Protocol.UPNP, new Stimulus.Announcement(from, octets))));
        }
        return sockets;
    }

    /** Opens the sockets that ask, and none that hears announcements. */
    static UplinkSockets openAsking(
            UplinkFacts uplink, Iterable<Protocol> protocols, DescriptorLoop loop, Consumer<MapperEvent> events)
            throws LinuxException {
        var sockets = new UplinkSockets(uplink, loop, events);
        try {
            for (Protocol protocol : protocols) {
                sockets.openAsking(protocol);
            }
            return sockets;
        } catch (LinuxException e) {
            sockets.close();
            throw e;
        }
    }

    private void openAsking(Protocol protocol) throws LinuxException {
        var socket = socket(protocol.word() + " socket on " + uplink.interfaceName());
        asking.put(protocol, socket);
        socket.bind(address(new Endpoint(uplink.local(), 0)));
        socket.onReadable(
                loop,
                () -> read(
                        socket,
                        (from, octets) ->
                                events.accept(new MapperEvent.Came(protocol, new Stimulus.Datagram(from, octets)))));
    }

    private void listen(Endpoint group, boolean join, BiConsumer<Endpoint, Octets> told) {
        try {
            var socket = socket("listener on " + group + " on " + uplink.interfaceName());
            listening.add(socket);
            socket.setOption(Libc.SOL_SOCKET, SO_REUSEADDR, 1);
            socket.setOption(Libc.SOL_SOCKET, SO_REUSEPORT, 1);
            // Bound to the group: what is sent to this host's own address stays with whoever serves it here.
            socket.bind(address(group));
            if (join) {
                join(socket, group.address());
            }
            socket.onReadable(loop, () -> read(socket, told));
        } catch (LinuxException e) {
            Logger.info("announcements to {} on {} are not heard: {}", group, uplink.interfaceName(), e.getMessage());
        }
    }

    private Descriptor socket(String name) throws LinuxException {
        boolean v4 = uplink.gateway().family() == IpFamily.V4;
        var socket = Descriptor.socket(name, v4 ? Libc.AF_INET : Libc.AF_INET6, Libc.SOCK_DGRAM, 0);
        try {
            byte[] device = uplink.interfaceName().getBytes(StandardCharsets.UTF_8);
            var value = ByteBuffer.allocateDirect(device.length).put(device).flip();
            Libc.check(
                    "bind " + name + " to its interface",
                    Libc.setSocketOption(socket.fd(), Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, value));
            if (!v4) {
                socket.setOption(IPPROTO_IPV6, IPV6_V6ONLY, 1);
            }
            return socket;
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    /** linux/in.h {@code struct ip_mreqn}: group, our address, interface. */
    private void join(Descriptor socket, IpAddress group) throws LinuxException {
        var request = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
        request.put(group.bytes())
                .put(uplink.local().bytes())
                .putInt(uplink.interfaceIndex())
                .flip();
        Libc.check(
                "join " + group + " on " + uplink.interfaceName(),
                Libc.setSocketOption(socket.fd(), IPPROTO_IP, IP_ADD_MEMBERSHIP, request));
    }

    private ByteBuffer address(Endpoint endpoint) {
        boolean scoped = endpoint.address().isLinkLocal() || endpoint.equals(ALL_NODES);
        return SocketAddress.internet(endpoint, scoped ? uplink.interfaceIndex() : 0);
    }

    /** Sends; what the kernel refuses just now counts as lost, and is repeated as such. */
    void send(Protocol protocol, Endpoint to, Octets octets) {
        Descriptor socket = asking.get(protocol);
        if (socket == null || !socket.isOpen()) {
            return;
        }
        var datagram =
                ByteBuffer.allocateDirect(octets.length()).put(octets.bytes()).flip();
        int sent = Libc.sendTo(socket.fd(), datagram, Libc.MSG_DONTWAIT, address(to));
        if (sent < 0) {
            Logger.debug("{} to {}: error {}", socket, to, -sent);
        }
    }

    private void read(Descriptor socket, BiConsumer<Endpoint, Octets> told) {
        for (int i = 0; i < MOST_AT_ONCE && socket.isOpen(); i++) {
            bytes.clear();
            sender.clear();
            int length = Libc.receiveFrom(socket.fd(), bytes, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC, sender, senderLength);
            if (length < 0) {
                // EAGAIN; or an error that an ICMP message left, which reading has taken away.
                return;
            }
            var from = SocketAddress.endpoint(sender, senderLength.getInt(0));
            if (from.isEmpty() || length > LARGEST) {
                continue;
            }
            byte[] datagram = new byte[length];
            bytes.get(0, datagram);
            told.accept(from.get(), Octets.of(datagram));
        }
    }

    @Override
    public void close() {
        asking.values().forEach(Descriptor::close);
        listening.forEach(Descriptor::close);
    }
}
