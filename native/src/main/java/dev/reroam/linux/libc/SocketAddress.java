package dev.reroam.linux.libc;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Socket addresses as the kernel lays them out. Each is a fresh direct buffer, position 0, limit its length: the family in
 * the machine's byte order first; ports and addresses in network order.
 */
public final class SocketAddress {

    /** Room for any socket address: linux/socket.h {@code _K_SS_MAXSIZE}. */
    public static final int MAX_LENGTH = 128;

    // linux/un.h UNIX_PATH_MAX
    private static final int UNIX_PATH_MAX = 108;

    private SocketAddress() {}

    /** linux/netlink.h {@code sockaddr_nl}: family 2, pad 2, port id 4, groups 4 bytes. */
    public static ByteBuffer netlink(int portId, int groups) {
        return allocate(12)
                .putShort((short) Libc.AF_NETLINK)
                .putShort((short) 0)
                .putInt(portId)
                .putInt(groups)
                .flip();
    }

    /**
     * linux/in.h {@code sockaddr_in} or linux/in6.h {@code sockaddr_in6}.
     *
     * @param scope the interface index of a link-local IPv6 address; 0 otherwise, and ignored for IPv4
     */
    public static ByteBuffer internet(Endpoint endpoint, int scope) {
        boolean v4 = endpoint.address().family() == IpFamily.V4;
        var buffer = allocate(v4 ? 16 : 28)
                .putShort((short) endpoint.address().family().number());
        putPort(buffer, endpoint.port());
        if (v4) {
            return buffer.put(endpoint.address().bytes()).putLong(0).flip();
        }
        return buffer.putInt(0).put(endpoint.address().bytes()).putInt(scope).flip();
    }

    /**
     * linux/un.h {@code sockaddr_un} of a path in the file system.
     *
     * @throws IllegalArgumentException when the path is longer than 107 bytes
     */
    public static ByteBuffer unix(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= UNIX_PATH_MAX) {
            throw new IllegalArgumentException("socket path of " + bytes.length + " bytes: " + path);
        }
        return allocate(2 + bytes.length + 1)
                .putShort((short) Libc.AF_UNIX)
                .put(bytes)
                .put((byte) 0)
                .flip();
    }

    /**
     * linux/if_packet.h {@code sockaddr_ll} for binding.
     *
     * @param etherType linux/if_ether.h {@code ETH_P_*}; host order here
     */
    public static ByteBuffer packet(int interfaceIndex, int etherType) {
        var buffer = allocate(20).putShort((short) Libc.AF_PACKET);
        putPort(buffer, etherType);
        // hardware type, packet type, address length and address stay zero: they do not count in bind(2).
        return buffer.putInt(interfaceIndex).putInt(0).putLong(0).flip();
    }

    /** The endpoint in a {@code sockaddr_in} or {@code sockaddr_in6} at {@code from}; empty for anything else. */
    public static Optional<Endpoint> endpoint(ByteBuffer from, int length) {
        if (length < 2 || from.remaining() < length) {
            return Optional.empty();
        }
        int start = from.position();
        int family = from.duplicate().order(ByteOrder.nativeOrder()).getShort(start);
        boolean v4 = family == Libc.AF_INET && length >= 16;
        boolean v6 = family == Libc.AF_INET6 && length >= 28;
        if (!v4 && !v6) {
            return Optional.empty();
        }
        int port = (from.get(start + 2) & 255) << 8 | (from.get(start + 3) & 255);
        byte[] bytes = new byte[v4 ? 4 : 16];
        from.get(start + (v4 ? 4 : 8), bytes);
        return Optional.of(new Endpoint(IpAddress.of(bytes), port));
    }

    private static ByteBuffer allocate(int length) {
        return ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
    }

    private static void putPort(ByteBuffer buffer, int port) {
        buffer.put((byte) (port >>> 8)).put((byte) port);
    }
}
