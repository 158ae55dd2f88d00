package dev.reroam.netcheck;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.loop.Alarm;
import dev.reroam.netcheck.Netcheck.Effect;
import dev.reroam.netcheck.Netcheck.Event.TimePassed;
import dev.reroam.netcheck.Netcheck.Event.Told;
import dev.reroam.portmap.GatewayProbe;
import dev.reroam.portmap.UplinkFacts;
import dev.reroam.stun.Schedule;
import dev.reroam.stun.StunClient;
import dev.reroam.stun.StunSocket;
import dev.reroam.uplink.Uplink;
import io.netty.channel.IoEventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Asks what {@link Netcheck} wants asked: one check, from its begin to its report. Confined to the loop.
 *
 * <p>Every socket is its own, bound to the uplink; nothing is changed in the kernel or in a gateway.
 */
public final class NetcheckRun implements AutoCloseable {

    /**
     * Ours: requests at 0, 150, 450 and 1050 ms, given up after 1.65 s; with a second for names that leaves room within the
     * bound of the whole.
     */
    private static final Schedule SCHEDULE = Schedule.of(150, 4, 4);

    /** Ours: the shortest that RFC 4787 section 4.3 has is 2 minutes; longer than any keepalive. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(3);

    private final Outside outside;
    private final Consumer<Report> then;
    private final StunClient stun;
    private final Alarm alarm;
    private final Map<Question, Asking> running = new HashMap<>();
    private final Map<Uplink, StunSocket> latencySockets = new HashMap<>();
    private final Queue<Netcheck.Event> waiting = new ArrayDeque<>();
    private Netcheck state;
    private long lastToldAt;
    private boolean turning;
    private boolean closed;

    /**
     * What a check works with.
     *
     * @param random unguessable: answers are believed by what is drawn from it
     */
    public record Outside(
            IoEventLoop loop,
            DescriptorLoop descriptors,
            Clock clock,
            RandomGenerator random,
            Ways ways,
            Names names) {}

    /** Something that is being asked, and can be ended. */
    private record Asking(Runnable end, Supplier<Answer> soFar) {

        Asking(Runnable end) {
            this(end, Answer.TooLate::new);
        }
    }

    private NetcheckRun(Outside outside, Netcheck state, Consumer<Report> then) {
        this.outside = outside;
        this.state = state;
        this.then = then;
        lastToldAt = state.startedAt();
        stun = new StunClient(outside.loop(), outside.descriptors(), outside.clock(), outside.random());
        alarm = new Alarm(outside.loop(), outside.clock(), () -> accept(new TimePassed()));
    }

    /**
     * Begins. Takes 3 s at most, but for the binding lifetimes, which take minutes.
     *
     * @param then is told once, on the loop and never within this call; not at all when what is returned is closed first
     */
    public static NetcheckRun begin(Outside outside, Wish wish, Consumer<Report> then) {
        var start = Netcheck.start(wish, outside.clock().monotonicNanos());
        var run = new NetcheckRun(outside, start.state(), then);
        outside.loop().execute(() -> run.begin(start));
        return run;
    }

    private void begin(Netcheck.Progress start) {
        if (!closed) {
            turning = true;
            start.effects().forEach(this::perform);
            turning = false;
            work();
        }
    }

    private void accept(Netcheck.Event event) {
        waiting.add(event);
        if (!turning && !closed) {
            work();
        }
    }

    private void work() {
        turning = true;
        try {
            while (!waiting.isEmpty()) {
                var progress = state.step(waiting.remove(), outside.clock().monotonicNanos());
                state = progress.state();
                progress.effects().forEach(this::perform);
            }
        } finally {
            turning = false;
        }
        if (state.isFinished()) {
            close();
            then.accept(Judging.report(state.answers(), Duration.ofNanos(lastToldAt - state.startedAt())));
        } else if (state.dueAt().isPresent()) {
            alarm.setAt(state.dueAt().getAsLong());
        } else {
            alarm.cancel();
        }
    }

    private void tell(Question question, Answer answer) {
        if (closed) {
            return;
        }
        running.remove(question);
        if (!(question instanceof Question.Memory)) {
            lastToldAt = outside.clock().monotonicNanos();
        }
        accept(new Told(question, answer));
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.Ask(Question question) -> ask(question);
            case Effect.GiveUp(Question question) -> giveUp(question);
        }
    }

    private void ask(Question question) {
        try {
            switch (question) {
                case Question.Lookup lookup -> {
                    var known = outside.names()
                            .lookup(
                                    lookup.uplink(),
                                    lookup.host(),
                                    resolved -> tell(lookup, new Answer.Resolved(resolved)));
                    running.put(
                            lookup,
                            new Asking(
                                    () -> {},
                                    () -> known.get()
                                            .<Answer>map(Answer.Resolved::new)
                                            .orElseGet(Answer.TooLate::new)));
                }
                case Question.Way way ->
                    tell(way, new Answer.Leads(outside.ways().obstacle(way.uplink(), way.to(), way.tcp())));
                case Question.Nat nat -> {
                    var seeing = stun.discover(
                            outlet(nat.uplink()),
                            nat.servers(),
                            SCHEDULE,
                            found -> tell(nat, new Answer.NatSeen(found)));
                    running.put(nat, new Asking(seeing::close, () -> new Answer.NatSeen(seeing.soFar())));
                }
                case Question.Latency latency ->
                    latencySocket(latency.uplink())
                            .ask(latency.server(), SCHEDULE, outcome -> tell(latency, new Answer.Came(outcome)));
                case Question.Mtu mtu -> {
                    var measuring = stun.measureMtu(
                            outlet(mtu.uplink()),
                            mtu.server(),
                            mtu.largestBytes(),
                            mtu.roundTripNanos(),
                            (found, requests) -> tell(mtu, new Answer.Measured(found)));
                    running.put(mtu, new Asking(measuring::close));
                }
                case Question.Gateway gateway -> running.put(gateway, new Asking(probe(gateway)::close));
                case Question.Portal portal -> {
                    var fetching = PortalFetch.begin(
                            outside.loop(),
                            portal.uplink(),
                            portal.server(),
                            portal.url(),
                            answer -> tell(portal, new Answer.Fetched(answer)));
                    running.put(portal, new Asking(fetching::close));
                }
                case Question.Memory memory -> {
                    var measuring = stun.measureLifetime(
                            outlet(memory.uplink()),
                            memory.server(),
                            LONGEST_SILENCE,
                            found -> tell(memory, new Answer.Remembered(found)));
                    running.put(memory, new Asking(measuring::close));
                }
            }
        } catch (LinuxException e) {
            tell(question, new Answer.Impossible(String.valueOf(e.getMessage())));
        }
    }

    private GatewayProbe probe(Question.Gateway gateway) throws LinuxException {
        var uplink = gateway.uplink();
        IpAddress next = uplink.gateway().orElseThrow();
        return GatewayProbe.begin(
                outside.loop(),
                outside.descriptors(),
                outside.clock(),
                outside.random(),
                new UplinkFacts(uplink.interfaceIndex(), uplink.interfaceName(), next, uplink.source()),
                gateway.protocol(),
                report -> tell(gateway, new Answer.Spoke(report)));
    }

    private StunSocket latencySocket(Uplink uplink) throws LinuxException {
        var known = latencySockets.get(uplink);
        if (known != null) {
            return known;
        }
        var opened = stun.open(outlet(uplink));
        latencySockets.put(uplink, opened);
        return opened;
    }

    private static Outlet outlet(Uplink uplink) {
        return new Outlet(uplink.source(), uplink.interfaceName(), uplink.interfaceIndex(), 0);
    }

    private void giveUp(Question question) {
        var asking = running.remove(question);
        if (asking == null) {
            tell(question, new Answer.TooLate());
            return;
        }
        Answer known = asking.soFar().get();
        asking.end().run();
        tell(question, known);
    }

    /** Ends it, and nobody is told; idempotent. */
    @Override
    public void close() {
        closed = true;
        alarm.close();
        running.values().forEach(asking -> asking.end().run());
        running.clear();
        stun.close();
    }
}
