package dev.reroam.echo;

import dev.reroam.echo.EchoCodec.Token;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Sends echoes through tunnels and tells the answers. Confined to the agent's loop.
 *
 * <p>One raw socket per interface and family, bound to the interface, so that the kernel's routes have no say in which
 * tunnel is asked; open while an answer may still come. Needs CAP_NET_RAW.
 */
public final class EchoProber implements AutoCloseable {

    /** Is told what became of an echo. */
    public interface Listener {
        /** The far end answered: our own token came back through the tunnel. */
        void onAnswer(long echo, long roundTripNanos);
    }

    /**
     * An answer this late still proves: WireGuard may need a handshake first, retried after 5 s (REKEY_TIMEOUT), and holds
     * the packet meanwhile. Two tries and a second.
     */
    private static final long ANSWER_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(11);

    // linux/icmp.h ICMP_FILTER at level SOL_RAW (linux/socket.h): a set bit blocks the type.
    private static final int SOL_RAW = 255;
    private static final int ICMP_FILTER = 1;
    // linux/icmpv6.h ICMPV6_FILTER at level SOL_ICMPV6 (linux/in6.h): 256 bits, a set bit blocks the type.
    private static final int SOL_ICMPV6 = 58;
    private static final int ICMPV6_FILTER = 1;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int LARGEST_PACKET = 2048;
    // Ours: whoever floods a tunnel with replies must not keep the loop from the others; the rest calls again.
    private static final int MOST_PACKETS_A_TURN = 64;

    private record SocketKey(int interfaceIndex, IpFamily family) {}

    private record Question(long echo, long sentAt) {}

    private record Asking(Descriptor socket, Map<Token, Question> outstanding) {}

    private final DescriptorLoop loop;
    private final Clock clock;
    private final RandomGenerator random;
    private final Listener listener;
    private final ByteBuffer packet = ByteBuffer.allocateDirect(LARGEST_PACKET).order(ByteOrder.BIG_ENDIAN);
    private final Map<SocketKey, Asking> asking = new HashMap<>();
    private int sequence;

    /**
     * @param random unguessable: an answer is believed by its token
     */
    public EchoProber(DescriptorLoop loop, Clock clock, RandomGenerator random, Listener listener) {
        this.loop = loop;
        this.clock = clock;
        this.random = random;
        this.listener = listener;
    }

    /**
     * Asks once.
     *
     * @param echo the caller's number for the answer
     * @param interfaceName must be the name of {@code interfaceIndex} still, else the kernel refuses
     * @throws LinuxException when it cannot be sent: no permission, interface gone
     */
    public void send(long echo, int interfaceIndex, String interfaceName, IpAddress target) throws LinuxException {
        long now = clock.monotonicNanos();
        expire(now);
        var key = new SocketKey(interfaceIndex, target.family());
        var open = asking.get(key);
        if (open == null) {
            open = new Asking(open(key, interfaceName), new HashMap<>());
            asking.put(key, open);
        }
        var token = new Token(random.nextInt(), sequence++, random.nextLong());
        packet.clear().put(EchoCodec.request(target.family(), token)).flip();
        int sent = Libc.sendTo(
                open.socket().fd(),
                packet,
                Libc.MSG_DONTWAIT,
                SocketAddress.internet(new Endpoint(target, 0), interfaceIndex));
        if (sent < 0 && open.outstanding().isEmpty()) {
            close(key);
        }
        Libc.check("send echo to " + target + " through " + interfaceName, sent);
        open.outstanding().put(token, new Question(echo, now));
    }

    /** Forgets questions too old to be answered and closes sockets that wait for nothing; call now and then. */
    public void expire() {
        expire(clock.monotonicNanos());
    }

    private void expire(long now) {
        for (Iterator<Asking> all = asking.values().iterator(); all.hasNext(); ) {
            var open = all.next();
            open.outstanding().values().removeIf(question -> now - question.sentAt() > ANSWER_WITHIN_NANOS);
            if (open.outstanding().isEmpty()) {
                open.socket().close();
                all.remove();
            }
        }
    }

    private Descriptor open(SocketKey key, String interfaceName) throws LinuxException {
        boolean v4 = key.family() == IpFamily.V4;
        var socket = Descriptor.socket(
                "echo socket on " + interfaceName,
                key.family().number(),
                Libc.SOCK_RAW,
                v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
        try {
            byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
            var value = ByteBuffer.allocateDirect(name.length).put(name).flip();
            Libc.check(
                    "bind echo socket to " + interfaceName,
                    Libc.setSocketOption(socket.fd(), Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, value));
            filter(socket, key.family());
            socket.onReadable(loop, () -> onReadable(key));
            return socket;
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    /** Lets replies alone through, so that other people's pings through the tunnel do not wake us. */
    private static void filter(Descriptor socket, IpFamily family) throws LinuxException {
        int reply = EchoCodec.replyType(family);
        if (family == IpFamily.V4) {
            socket.setOption(SOL_RAW, ICMP_FILTER, ~(1 << reply));
            return;
        }
        var blocked = ByteBuffer.allocateDirect(32).order(ByteOrder.nativeOrder());
        for (int word = 0; word < 8; word++) {
            blocked.putInt(word == reply >>> 5 ? ~(1 << (reply & 31)) : -1);
        }
        Libc.check("filter echo socket", Libc.setSocketOption(socket.fd(), SOL_ICMPV6, ICMPV6_FILTER, blocked.flip()));
    }

    private void onReadable(SocketKey key) {
        var open = asking.get(key);
        if (open == null) {
            return;
        }
        for (int i = 0; i < MOST_PACKETS_A_TURN; i++) {
            packet.clear();
            int length = Libc.receive(open.socket().fd(), packet, Libc.MSG_DONTWAIT);
            if (length < 0) {
                // ENETDOWN and the like say that the interface is going; expiry closes the socket.
                if (length != -Errno.EAGAIN.number()) {
                    close(key);
                }
                return;
            }
            packet.limit(length);
            var question = EchoCodec.reply(key.family(), packet).map(open.outstanding()::remove);
            if (question.isPresent()) {
                var asked = question.get();
                listener.onAnswer(asked.echo(), clock.monotonicNanos() - asked.sentAt());
                // The listener may have sent or closed.
                if (!open.socket().isOpen()) {
                    return;
                }
                if (open.outstanding().isEmpty()) {
                    close(key);
                    return;
                }
            }
        }
    }

    private void close(SocketKey key) {
        var open = asking.remove(key);
        if (open != null) {
            open.socket().close();
        }
    }

    /** Closes all sockets; questions stay unanswered. */
    @Override
    public void close() {
        asking.values().forEach(open -> open.socket().close());
        asking.clear();
    }
}
