package dev.reroam.tests.bench;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import dev.reroam.tests.lab.Inside;
import dev.reroam.tests.lab.Namespace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Sees what leaves one interface of another network namespace (AF_PACKET) and when, by the kernel's own stamps: when this
 * program gets to read them does not matter. IPv4 only. Used by one thread.
 */
final class Capture implements AutoCloseable {

    // linux/if_ether.h ETH_P_ALL: what is sent is shown to nobody else.
    private static final int ETH_P_ALL = 3;
    private static final int ETH_P_IP = 0x0800;
    // linux/if_packet.h PACKET_OUTGOING; struct sockaddr_ll: family 2, protocol 2, index 4, hardware type 2, packet
    // type 1.
    private static final int PACKET_OUTGOING = 4;
    private static final int AT_PROTOCOL = 2;
    private static final int AT_PACKET_TYPE = 10;
    // asm-generic/sockios.h SIOCGSTAMPNS_OLD: the stamp of what was read last, as a struct timespec.
    private static final int SIOCGSTAMPNS = 0x8907;
    private static final int PROTOCOL_UDP = 17;
    private static final int BUFFER = 2048;
    private static final long NANOS = 1_000_000_000L;

    private final Descriptor socket;
    private final ByteBuffer packet = direct(BUFFER);
    private final ByteBuffer from = direct(SocketAddress.MAX_LENGTH);
    private final ByteBuffer length = direct(Integer.BYTES);
    private final ByteBuffer stamp = direct(2 * Long.BYTES);
    private final ByteBuffer waiting = direct(8);

    private Capture(Descriptor socket) {
        this.socket = socket;
    }

    /** Begins to listen on an interface; what it sends from now on is kept until it is asked for. */
    static Capture open(Namespace namespace, String device) {
        int index = Integer.parseInt(
                namespace.run("ip", "-oneline", "link", "show", "dev", device).split(":", 2)[0]);
        var capture = new Capture(Inside.of(namespace, () -> listen(device, index)));
        // The first question turns stamping on; there is nothing to tell yet.
        capture.lastStamp();
        return capture;
    }

    private static Descriptor listen(String device, int index) throws LinuxException {
        // Protocol 0 hears nothing until it is bound to the one interface.
        var made = Descriptor.socket("capture of " + device, Libc.AF_PACKET, Libc.SOCK_DGRAM, 0);
        made.bind(SocketAddress.packet(index, ETH_P_ALL));
        return made;
    }

    /** Forgets what was seen so far. */
    void drain() {
        int received;
        do {
            received = receive();
        } while (received >= 0);
    }

    /**
     * When the next UDP packet to {@code to} left, CLOCK_REALTIME in nanoseconds; empty where none did within {@code limit}.
     */
    OptionalLong awaitSentTo(Endpoint to, Duration limit) {
        var clock = Clock.system();
        long deadline = clock.monotonicNanos() + limit.toNanos();
        while (true) {
            int received = receive();
            if (received >= 0) {
                if (isSentTo(to, received)) {
                    return OptionalLong.of(lastStamp());
                }
                continue;
            }
            long left = deadline - clock.monotonicNanos();
            if (left <= 0) {
                return OptionalLong.empty();
            }
            waiting.putInt(0, socket.fd()).putShort(4, (short) Libc.POLLIN).putShort(6, (short) 0);
            Libc.poll(waiting, (int) Duration.ofNanos(left).toMillis() + 1);
        }
    }

    private int receive() {
        packet.clear();
        from.clear();
        return Libc.receiveFrom(socket.fd(), packet, Libc.MSG_DONTWAIT, from, length);
    }

    private boolean isSentTo(Endpoint to, int received) {
        if (received < 20
                || (from.get(AT_PACKET_TYPE) & 255) != PACKET_OUTGOING
                || network16(from, AT_PROTOCOL) != ETH_P_IP
                || packet.get(9) != PROTOCOL_UDP) {
            return false;
        }
        int header = (packet.get(0) & 15) * 4;
        if (received < header + 8 || network16(packet, header + 2) != to.port()) {
            return false;
        }
        byte[] destination = new byte[4];
        packet.get(16, destination);
        return Arrays.equals(destination, to.address().bytes());
    }

    private long lastStamp() {
        Libc.ioctl(socket.fd(), SIOCGSTAMPNS, stamp);
        return stamp.getLong(0) * NANOS + stamp.getLong(Long.BYTES);
    }

    private static int network16(ByteBuffer buffer, int at) {
        return (buffer.get(at) & 255) << 8 | (buffer.get(at + 1) & 255);
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        socket.close();
    }
}
