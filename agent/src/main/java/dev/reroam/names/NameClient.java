package dev.reroam.names;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.linux.packet.UdpPort;
import dev.reroam.linux.packet.UdpPorts;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** Asks name servers, each question from a port of its own. Confined to the agent's loop. */
public final class NameClient implements AutoCloseable {

    /** RFC 1035 section 4.2.1 leaves the pause to us and fears for the servers; two packets in two seconds hurt none. */
    private static final int REQUESTS = 2;

    private static final long AGAIN_AFTER = TimeUnit.MILLISECONDS.toNanos(700);
    private static final long GIVEN_UP_AFTER = TimeUnit.MILLISECONDS.toNanos(1300);

    private final EventLoop loop;
    private final Clock clock;
    private final RandomGenerator random;
    private final UdpPorts ports;
    private final Set<Query> open = new HashSet<>();

    /**
     * @param random unguessable: besides the port, an answer is believed by a number drawn from it
     */
    public NameClient(EventLoop loop, DescriptorLoop descriptors, Clock clock, RandomGenerator random) {
        this.loop = loop;
        this.clock = clock;
        this.random = random;
        ports = new UdpPorts(descriptors);
    }

    /**
     * Asks for the addresses of a name.
     *
     * @param outlet by which the server is asked, of the server's family
     * @param sent is told of each packet
     * @param then is called once, on the loop and never within this call; not at all when this client is closed first
     */
    public void ask(
            Outlet outlet, Endpoint server, String name, IpFamily family, Runnable sent, Consumer<NameAnswer> then) {
        var query = new Query(server, name, family, sent, then);
        open.add(query);
        query.begin(outlet);
    }

    /** Forgets all questions; idempotent. */
    @Override
    public void close() {
        Set.copyOf(open).forEach(Query::close);
    }

    private final class Query {

        private final Endpoint server;
        private final String name;
        private final IpFamily family;
        private final Runnable sent;
        private final Consumer<NameAnswer> then;
        private final int id = random.nextInt(1 << 16);
        private final Alarm alarm = new Alarm(loop, clock, this::send);
        private int requests;
        // Null before it began, and where the kernel refused one.
        private @Nullable UdpPort port;

        Query(Endpoint server, String name, IpFamily family, Runnable sent, Consumer<NameAnswer> then) {
            this.server = server;
            this.name = name;
            this.family = family;
            this.sent = sent;
            this.then = then;
        }

        void begin(Outlet outlet) {
            if (!DnsCodec.isName(name)) {
                loop.execute(() -> end(new NameAnswer.None("not a name")));
                return;
            }
            try {
                port = ports.own(outlet, 0, this::hear);
                send();
            } catch (LinuxException e) {
                loop.execute(() -> end(new NameAnswer.None(String.valueOf(e.getMessage()))));
            }
        }

        private void send() {
            if (port == null || requests == REQUESTS) {
                end(new NameAnswer.None("no answer"));
                return;
            }
            requests++;
            try {
                port.send(DnsCodec.question(id, name, family), server);
                sent.run();
            } catch (LinuxException e) {
                // As if it were lost: the next one may get out, or another server is asked.
                Logger.debug("{} is not asked for {}: {}", server, name, e.getMessage());
            }
            alarm.setAt(clock.monotonicNanos() + (requests == REQUESTS ? GIVEN_UP_AFTER : AGAIN_AFTER));
        }

        private void hear(Endpoint from, ByteBuffer payload) {
            if (from.equals(server)) {
                DnsCodec.answer(payload, id, name, family).ifPresent(this::end);
            }
        }

        private void end(NameAnswer answer) {
            if (open.contains(this)) {
                close();
                then.accept(answer);
            }
        }

        void close() {
            open.remove(this);
            alarm.close();
            if (port != null) {
                port.close();
            }
        }
    }
}
