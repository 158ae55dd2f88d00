package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.linux.packet.PayloadSign;
import dev.reroam.linux.packet.UdpPort;
import dev.reroam.linux.packet.UdpPorts;
import dev.reroam.loop.Alarm;
import dev.reroam.stun.StunEffect.Finished;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.Asked;
import dev.reroam.stun.StunEvent.Forgotten;
import dev.reroam.stun.StunEvent.Garbled;
import dev.reroam.stun.StunEvent.NotSent;
import dev.reroam.stun.StunEvent.Received;
import dev.reroam.stun.StunEvent.TimePassed;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks STUN servers. Confined to the agent's loop.
 *
 * <p>From which interface, address and mark is the caller's business, and that this is the way that it means to learn about:
 * it asks the path oracle before.
 */
public final class StunClient implements AutoCloseable {

    /** RFC 8489 section 5: the magic cookie, after type and length. */
    private static final PayloadSign COOKIE = new PayloadSign(4, StunCodec.MAGIC_COOKIE);

    // Ours: shorter than any timeout of RFC 4787 or of practice (15 s), and as exact as a keepalive needs to be.
    private static final long SHORTEST_SILENCE = TimeUnit.SECONDS.toNanos(10);
    private static final long LIFETIME_RESOLUTION = TimeUnit.SECONDS.toNanos(5);

    private final EventLoop loop;
    private final Clock clock;
    private final RandomGenerator random;
    private final UdpPorts ports;
    private final Alarm alarm;
    private final Map<Integer, UdpPort> sockets = new HashMap<>();
    private final Map<TransactionId, Consumer<Outcome>> askers = new HashMap<>();
    private final Set<Discovering> running = new HashSet<>();
    private Transactions transactions = Transactions.NONE;
    private int numbers;

    /**
     * @param random unguessable: an answer is believed by its transaction id
     */
    public StunClient(EventLoop loop, DescriptorLoop descriptors, Clock clock, RandomGenerator random) {
        this.loop = loop;
        this.clock = clock;
        this.random = random;
        ports = new UdpPorts(descriptors);
        alarm = new Alarm(loop, clock, () -> take(new TimePassed()));
    }

    /**
     * A port of our own.
     *
     * @throws LinuxException when the kernel refuses it: interface or address gone, no permission
     */
    public StunSocket open(Outlet outlet) throws LinuxException {
        int number = numbers++;
        UdpPort port = ports.own(outlet, 0, (from, payload) -> receive(number, from, payload));
        sockets.put(number, port);
        return new StunSocket(this, number, port.local());
    }

    /**
     * Asks from a port that somebody else owns, which shows that port's mapping. The raw socket is open while the question
     * is.
     *
     * @param port the owner's
     * @param then is called once, on the loop and never within this call; not at all when this client is closed first
     * @throws LinuxException EPERM without CAP_NET_RAW
     */
    public void askFrom(Outlet outlet, int port, Endpoint server, Schedule schedule, Consumer<Outcome> then)
            throws LinuxException {
        int number = numbers++;
        sockets.put(
                number, ports.borrow(outlet, port, server, COOKIE, (from, payload) -> receive(number, from, payload)));
        ask(number, server, schedule, outcome -> {
            close(number);
            then.accept(outcome);
        });
    }

    /**
     * Finds out what the NAT in front of an outlet does, with two sockets of its own.
     *
     * @param outlet with a source address
     * @param servers of its family; the first eight different ones are asked
     * @param schedule of the first question to each of them; the others are timed by its round trip
     * @param then is called once, on the loop and never within this call; not at all when what is returned is closed first
     * @throws LinuxException when the kernel refuses the sockets
     */
    public NatDiscovering discover(Outlet outlet, List<Endpoint> servers, Schedule schedule, Consumer<Discovered> then)
            throws LinuxException {
        if (outlet.source().isAny()) {
            throw new IllegalArgumentException("no source address: whether it is translated could not be seen");
        }
        var run = new Running<Discovery>();
        InquiryRun.Opener opener = receiver -> ports.own(outlet, 0, receiver);
        var inquiry = new InquiryRun<Discovery>(
                loop, clock, List.of(opener, opener), found -> then.accept(Discovered.of(found, run.end())));
        run.begin(inquiry);
        var plan = new Discovery.Plan(
                servers.stream().distinct().limit(Discovery.MAX_SERVERS).toList(),
                inquiry.local(Discovery.MAPPING_SOCKET),
                inquiry.local(Discovery.FILTERING_SOCKET),
                schedule,
                ids(Discovery.IDS));
        inquiry.start(Discovery.start(plan, clock.monotonicNanos()));
        return new NatDiscovering() {
            @Override
            public Discovered soFar() {
                return Discovered.of(inquiry.soFar().orElseThrow(), inquiry.requests());
            }

            @Override
            public void close() {
                run.close();
            }
        };
    }

    /**
     * Finds out how long the NAT in front of an outlet remembers a mapping through which nothing goes; takes minutes, up to
     * some seven times the longest silence, and two requests for each of at most 24 trials.
     *
     * @param server one that knows RESPONSE-PORT (RFC 5780); where it does not, the answer is unknown
     * @param longest silence that is tried
     * @param then is called once, on the loop and never within this call; not at all when what is returned is closed first
     * @throws LinuxException when the kernel refuses the sockets
     */
    public Discovering measureLifetime(Outlet outlet, Endpoint server, Duration longest, Consumer<Lifetime> then)
            throws LinuxException {
        var run = new Running<BindingLifetime>();
        InquiryRun.Opener opener = receiver -> ports.own(outlet, 0, receiver);
        var inquiry = new InquiryRun<BindingLifetime>(loop, clock, List.of(opener, opener), found -> {
            run.end();
            then.accept(Lifetime.of(found));
        });
        run.begin(inquiry);
        long nanos = longest.toNanos();
        var plan = new BindingLifetime.Plan(
                server,
                Math.min(SHORTEST_SILENCE, nanos),
                nanos,
                LIFETIME_RESOLUTION,
                Schedule.PROBE,
                ids(BindingLifetime.IDS));
        inquiry.start(BindingLifetime.start(plan, clock.monotonicNanos()));
        return run;
    }

    /**
     * Finds out how large a packet gets to a server unfragmented. Takes a round trip where the largest one does, and at
     * most two silences of five waits where it does not.
     *
     * @param server that has answered before; one that ignores long requests makes this unknown
     * @param largest size that is tried, in bytes with the IP header: the interface's MTU, of which {@link
     *     MtuSearch#LARGEST} at most is used
     * @param roundTripNanos to the server, as far as known
     * @param then is called once, on the loop and never within this call; not at all when what is returned is closed first
     * @throws LinuxException when the kernel refuses the socket
     */
    public Discovering measureMtu(
            Outlet outlet, Endpoint server, int largest, long roundTripNanos, ObjIntConsumer<PathMtu> then)
            throws LinuxException {
        var run = new Running<MtuSearch>();
        var inquiry = new InquiryRun<MtuSearch>(
                loop, clock, List.of(receiver -> ports.ownUnfragmented(outlet, receiver)), found -> {
                    int requests = run.end();
                    then.accept(found.found(), requests);
                });
        run.begin(inquiry);
        var plan = new MtuSearch.Plan(
                server, largest, Schedule.after(roundTripNanos, MtuSearch.REQUESTS), ids(MtuSearch.IDS));
        inquiry.start(MtuSearch.start(plan, clock.monotonicNanos()));
        return run;
    }

    private List<TransactionId> ids(int count) {
        return Stream.generate(() -> TransactionId.draw(random)).limit(count).toList();
    }

    /** Something that is being found out. */
    @FunctionalInterface
    public interface Discovering extends AutoCloseable {
        /** Ends it, and nobody is told; idempotent. */
        @Override
        void close();
    }

    /** A NAT that is being looked at. */
    public interface NatDiscovering extends Discovering {
        /** What is known by now; before the end and before it is closed. */
        Discovered soFar();
    }

    /** Keeps an inquiry among those that end with this client. */
    private final class Running<I extends Inquiry<I>> implements Discovering {

        // Null before it began.
        private @Nullable InquiryRun<I> inquiry;

        void begin(InquiryRun<I> begun) {
            inquiry = begun;
            running.add(this);
        }

        /** It ended by itself; how many requests it took. */
        int end() {
            running.remove(this);
            return inquiry == null ? 0 : inquiry.requests();
        }

        @Override
        public void close() {
            running.remove(this);
            if (inquiry != null) {
                inquiry.close();
            }
        }
    }

    /** What came in at our ports and was no answer, so far; inquiries apart, which say it themselves. */
    public Map<Dropped, Long> dropped() {
        return transactions.dropped();
    }

    /** Closes all sockets; open questions are forgotten. Idempotent. */
    @Override
    public void close() {
        alarm.close();
        List.copyOf(sockets.keySet()).forEach(this::close);
        List.copyOf(running).forEach(Discovering::close);
    }

    void ask(int number, Endpoint server, Schedule schedule, Consumer<Outcome> then) {
        if (!sockets.containsKey(number)) {
            throw new IllegalStateException("the socket is closed");
        }
        var id = TransactionId.draw(random);
        askers.put(id, then);
        take(new Asked(Ask.plain(id, number, server, schedule)));
    }

    void close(int number) {
        UdpPort port = sockets.remove(number);
        if (port == null) {
            return;
        }
        port.close();
        for (Transactions.Open one : transactions.open()) {
            if (one.ask().socket() == number) {
                askers.remove(one.ask().id());
                take(new Forgotten(one.ask().id()));
            }
        }
    }

    private void receive(int number, Endpoint from, ByteBuffer payload) {
        take(received(number, from, payload));
    }

    /** The codec's edge: what cannot be read is an event too. */
    static StunEvent received(int number, Endpoint from, ByteBuffer payload) {
        try {
            return new Received(number, from, StunCodec.decode(payload));
        } catch (MalformedStunException e) {
            return new Garbled();
        }
    }

    private void take(StunEvent event) {
        var step = Transactions.step(transactions, event, clock.monotonicNanos());
        transactions = step.state();
        for (StunEffect effect : step.effects()) {
            switch (effect) {
                case Send send -> send(send);
                case Finished(Ask ask, Outcome outcome) -> finished(ask, outcome);
            }
        }
        arm(alarm, transactions.dueAt());
    }

    private void send(Send send) {
        var port = sockets.get(send.ask().socket());
        if (port == null) {
            return;
        }
        // Told in the loop's next turn: whoever asks must have got back before it hears what came of it.
        send(port, send).ifPresent(refusal -> loop.execute(() -> take(refusal)));
    }

    /** Sends a request; what the kernel refused. */
    static Optional<NotSent> send(UdpPort port, Send send) {
        try {
            port.send(
                    ByteBuffer.wrap(StunCodec.encode(send.ask().request())),
                    send.ask().server());
            return Optional.empty();
        } catch (LinuxException e) {
            return Optional.of(new NotSent(send.ask().id(), e.errno()));
        }
    }

    /** Has the alarm ring when the machine wants it. */
    static void arm(Alarm alarm, OptionalLong dueAt) {
        if (dueAt.isPresent()) {
            alarm.setAt(dueAt.getAsLong());
        } else {
            alarm.cancel();
        }
    }

    private void finished(Ask ask, Outcome outcome) {
        Consumer<Outcome> asker = askers.remove(ask.id());
        if (asker != null) {
            asker.accept(outcome);
        }
    }
}
