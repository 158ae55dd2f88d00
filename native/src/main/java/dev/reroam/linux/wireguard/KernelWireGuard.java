package dev.reroam.linux.wireguard;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.DumpOutcome;
import dev.reroam.linux.netlink.GenericFamily;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.netlink.NetlinkProtocol;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.netlink.Request;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Reads and changes the devices of kernel WireGuard (linux/wireguard.h). Confined to one thread, and to the network
 * namespace that this thread was in when it opened it. Needs CAP_NET_ADMIN; without it every call is an EPERM.
 *
 * <p>The kernel sends private and preshared keys with every reading. They are stepped over where they were received, and
 * that buffer is overwritten before a call returns, however it ends.
 */
public final class KernelWireGuard implements AutoCloseable {

    // Ours: only a change by somebody else interrupts a reading; five in a row are no accident.
    static final int READ_ATTEMPTS = 5;

    // Headers, interface, mark, and one list of peers at its longest.
    private static final int REQUEST_BYTES = 64 + 0x10000;
    private static final int MAX_PORT = 0xffff;

    private final NetlinkSocket socket;
    private final Request request;
    private final Map<Integer, DeviceAssembly> assemblies = new HashMap<>();
    private GenericFamily family;

    private KernelWireGuard(NetlinkSocket socket, Request request, GenericFamily family) {
        this.socket = socket;
        this.request = request;
        this.family = family;
    }

    /**
     * Kernel WireGuard; empty while this kernel has none. It may come later, when its module is loaded: the first link of
     * kind {@code wireguard} is the sign to try again. Trying loads nothing.
     */
    public static Optional<KernelWireGuard> open() throws LinuxException, MalformedMessageException {
        return above(NetlinkSocket.open(NetlinkProtocol.GENERIC), ByteOrder.nativeOrder());
    }

    /** Above a socket, which is closed where nothing comes of it. */
    static Optional<KernelWireGuard> above(NetlinkSocket socket, ByteOrder order)
            throws NetlinkException, MalformedMessageException {
        Optional<KernelWireGuard> opened = Optional.empty();
        try {
            var request = new Request(REQUEST_BYTES, order);
            opened = GenericFamily.find(socket, request, Wg.FAMILY)
                    .map(family -> new KernelWireGuard(socket, request, family));
        } finally {
            if (opened.isEmpty()) {
                socket.close();
            }
        }
        return opened;
    }

    /**
     * Reads a device with all its peers. What did not change since its last reading is the same object, see {@link
     * DeviceAssembly}.
     *
     * @return empty when the interface does not exist or is none of kernel WireGuard's
     * @throws NetlinkException also when each of {@value #READ_ATTEMPTS} readings was interrupted by somebody's change:
     *     EINTR; a reading with peers missing is never returned
     */
    public Optional<WireGuardDevice> read(int interfaceIndex) throws NetlinkException, MalformedMessageException {
        try {
            return Optional.of(readDevice(interfaceIndex));
        } catch (NetlinkException e) {
            if (isAbsence(e.errno())) {
                forget(interfaceIndex);
                return Optional.empty();
            }
            throw e;
        } finally {
            socket.wipe();
        }
    }

    /** The interface is gone: what its readings were compared with is let go. */
    public void forget(int interfaceIndex) {
        assemblies.remove(interfaceIndex);
    }

    /**
     * Has the kernel choose the source of every peer of the device anew, and send a packet to these peers at once, so that
     * their far sides follow. One message, made in order under one lock; lists of more than 390 peers take several, each
     * whole in itself. Keepalives and mark are afterwards what they are said to be here, so they are as last read. A peer
     * that is no more stays away.
     *
     * <p>The packet is an empty one where there is a session; where there is none, the kernel starts a handshake, which it
     * repeats up to 18 times.
     *
     * @param mark the device's fwmark: setting it, to the same value too, is what clears the sources
     * @throws NetlinkException ENODEV, EOPNOTSUPP: no such interface, not of kernel WireGuard; what earlier messages said
     *     is done
     */
    public void refresh(int interfaceIndex, int mark, List<WireGuardNudge> nudges)
            throws NetlinkException, MalformedMessageException {
        var body = beginChange("refresh peers", interfaceIndex).u32(Wg.DEVICE_FWMARK, mark);
        int next = Nudges.write(body, nudges, 0);
        commit();
        while (next < nudges.size()) {
            next = Nudges.write(beginChange("refresh peers", interfaceIndex), nudges, next);
            commit();
        }
    }

    /**
     * Goes the way of {@link #refresh} without effect, so that its first use is as fast as the next: for a peer that does
     * not exist, and without the mark, so that no source is cleared.
     *
     * @param random names the peer
     */
    public void rehearse(int interfaceIndex, RandomGenerator random)
            throws NetlinkException, MalformedMessageException {
        var unknown = new WireGuardKey(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        Nudges.write(
                beginChange("rehearse a refresh", interfaceIndex),
                List.of(new WireGuardNudge(unknown, Optional.empty(), 0)),
                0);
        commit();
    }

    /**
     * Moves the device to another UDP port: new sockets, every source cleared. The port that it has already changes
     * nothing, so new sockets on the same port take two calls: 0, then that port.
     *
     * @param port 0 has the kernel draw a free one
     * @throws NetlinkException EADDRINUSE when somebody else has the port: the device keeps the one it has; ENODEV,
     *     EOPNOTSUPP
     */
    public void setPort(int interfaceIndex, int port) throws NetlinkException, MalformedMessageException {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port);
        }
        beginChange("set listen port", interfaceIndex).u16(Wg.DEVICE_LISTEN_PORT, port);
        commit();
    }

    /**
     * Has the kernel send what it has for a peer to another address, from a source that it chooses anew. Sends nothing by
     * itself; a peer that is no more stays away.
     *
     * @throws NetlinkException ENODEV, EOPNOTSUPP
     */
    public void setEndpoint(int interfaceIndex, WireGuardKey peer, Endpoint endpoint)
            throws NetlinkException, MalformedMessageException {
        var key = ByteBuffer.allocate(WireGuardKey.LENGTH);
        peer.write(key);
        var body = beginChange("set endpoint", interfaceIndex);
        int list = body.nest(Wg.DEVICE_PEERS);
        int entry = body.nest(Wg.ENTRY);
        body.bytes(Wg.PEER_PUBLIC_KEY, key.flip())
                .u32(Wg.PEER_FLAGS, Wg.PEER_F_UPDATE_ONLY)
                .bytes(Wg.PEER_ENDPOINT, SocketAddress.internet(endpoint, 0))
                .end(entry)
                .end(list);
        commit();
    }

    /** Closes the socket; idempotent. */
    @Override
    public void close() {
        socket.close();
    }

    private WireGuardDevice readDevice(int interfaceIndex) throws NetlinkException, MalformedMessageException {
        try {
            return dump(interfaceIndex);
        } catch (NetlinkException e) {
            // ENOENT: no family of that number (net/netlink/genetlink.c genl_rcv_msg). Its module was loaded anew.
            var found = e.errno().equals(Errno.ENOENT)
                    ? GenericFamily.find(socket, request, Wg.FAMILY)
                    : Optional.<GenericFamily>empty();
            family = found.orElseThrow(() -> e);
            return dump(interfaceIndex);
        }
    }

    private WireGuardDevice dump(int interfaceIndex) throws NetlinkException, MalformedMessageException {
        String what = "read WireGuard device " + interfaceIndex;
        var assembly = assemblies.computeIfAbsent(interfaceIndex, index -> new DeviceAssembly());
        for (int i = 0; i < READ_ATTEMPTS; i++) {
            begin(what, Wg.GET_DEVICE, interfaceIndex);
            assembly.begin();
            var decoder = new DeviceDecoder(assembly, interfaceIndex);
            var outcome = socket.dump(request, (header, payload) -> decoder.onMessage(payload));
            // A peer removed under the kernel's cursor ends the list early: an interrupted reading may lack half of it.
            if (outcome == DumpOutcome.COMPLETE) {
                return decoder.finish();
            }
        }
        throw NetlinkException.interrupted(what, READ_ATTEMPTS);
    }

    private static boolean isAbsence(Errno errno) {
        return errno.equals(Errno.ENODEV) || errno.equals(Errno.EOPNOTSUPP) || errno.equals(Errno.ENOENT);
    }

    private AttributeWriter beginChange(String what, int interfaceIndex) {
        return begin(what + " of WireGuard device " + interfaceIndex, Wg.SET_DEVICE, interfaceIndex);
    }

    private AttributeWriter begin(String what, int command, int interfaceIndex) {
        return family.begin(request, what, command, Wg.VERSION).u32(Wg.DEVICE_IFINDEX, interfaceIndex);
    }

    private void commit() throws NetlinkException, MalformedMessageException {
        try {
            socket.change(request);
        } finally {
            // What a failed reading left behind is read away first, keys and all.
            socket.wipe();
        }
    }
}
