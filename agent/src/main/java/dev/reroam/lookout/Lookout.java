package dev.reroam.lookout;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.loop.Alarm;
import dev.reroam.names.NameClient;
import dev.reroam.sentinel.NatMapping;
import dev.reroam.sentinel.Sentinel;
import dev.reroam.sentinel.SentinelConfig;
import dev.reroam.sentinel.SentinelEffect;
import dev.reroam.sentinel.SentinelEvent;
import dev.reroam.sentinel.Watch;
import dev.reroam.stun.Outcome;
import dev.reroam.stun.PathMtu;
import dev.reroam.stun.Schedule;
import dev.reroam.stun.StunClient;
import dev.reroam.stun.StunServer;
import dev.reroam.stun.StunSocket;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Watches how the world sees each uplink, and asks through tunnels and from their ports. Confined to the agent's loop.
 */
public final class Lookout implements AutoCloseable {

    /** Design, idea 1: at most one sweep per 20 ms; an uplink that comes up raises dozens of events. */
    private static final long REVIEW_SPACING = TimeUnit.MILLISECONDS.toNanos(20);

    /** As an echo's: WireGuard may need a handshake first, retried after 5 s, and holds the packet meanwhile. */
    private static final Schedule THROUGH = Schedule.of(11_000, 1, 1);
    /** Against loss; nothing waits for the answer. */
    private static final Schedule FROM_A_PORT = Schedule.of(500, 2, 2);

    private static final int MOST_THROUGH = 32;

    /** Nothing waits for how large packets may be: longer than most round trips. */
    private static final long ANY_ROUND_TRIP = TimeUnit.MILLISECONDS.toNanos(200);

    private final Ways ways;
    private final StunClient stun;
    private final SentinelLoop sentinel;
    private final StunServers servers;
    private final TunnelPorts ports;
    private final Packets packets = new Packets();
    private final Alarm review;
    private final StunQuestions questions;
    // Null until a name must be asked for: with addresses alone there is none.
    private @Nullable NameClient names;
    private final Outside outside;
    private List<Uplink> running = List.of();
    private List<Uplink> watched = List.of();
    private int through;
    private int turn;

    /**
     * What the lookout works with.
     *
     * @param servers to ask; none for no questions at all
     * @param every pause between two questions over one uplink, nanoseconds; 0 for none but through tunnels and from ports
     * @param resolvConf the file that names the name servers
     * @param told is told what the sentinel has found
     */
    public record Outside(
            EventLoop loop,
            DescriptorLoop descriptors,
            Executor slowLane,
            Clock clock,
            RandomGenerator random,
            Ways ways,
            List<StunServer> servers,
            long every,
            Path resolvConf,
            Consumer<SentinelEffect.Fact> told) {
        public Outside {
            servers = List.copyOf(servers);
        }
    }

    /** Nothing is asked before {@link #onUplinks}. */
    public Lookout(Outside outside) {
        this.outside = outside;
        ways = outside.ways();
        stun = new StunClient(outside.loop(), outside.descriptors(), outside.clock(), outside.random());
        questions = new StunQuestions(stun, ways, packets);
        sentinel = new SentinelLoop(
                outside.loop(),
                outside.clock(),
                new Sentinel(SentinelConfig.standard(outside.every())),
                outside.random().nextLong(),
                questions,
                this::onFact);
        servers = new StunServers(
                outside.loop(),
                outside.clock(),
                outside.servers(),
                (host, family, then) -> names().lookup(host, family, then),
                this::onServers);
        ports = new TunnelPorts(outside.loop(), outside.clock(), this::askFrom, ways, servers::addresses);
        review = new Alarm(outside.loop(), outside.clock(), this::review);
    }

    private Names names() {
        if (names == null) {
            names = new NameClient(outside.loop(), outside.descriptors(), outside.clock(), outside.random());
        }
        return new UplinkNames(names, () -> running, packets, outside.resolvConf(), outside.slowLane(), outside.loop());
    }

    /** The uplinks that can carry packets, all of them, best first. */
    public void onUplinks(List<Uplink> uplinks) {
        running = List.copyOf(uplinks);
        packets.keepOnly(running);
        var families = EnumSet.noneOf(IpFamily.class);
        running.forEach(uplink -> families.add(uplink.family()));
        servers.onFamilies(families);
        review.setWithin(REVIEW_SPACING);
    }

    /** Something changed that may concern every uplink: each is asked over at once. */
    public void disturbed() {
        servers.hurry();
        ports.changed();
        // Behind the review: what is not a way any more need not be asked.
        review();
        watched.forEach(this::disturbedOne);
    }

    /** Something happened at this uplink alone: a word of its gateway. */
    public void disturbed(Uplink uplink) {
        ports.changed();
        disturbedOne(uplink);
    }

    private void disturbedOne(Uplink uplink) {
        sentinel.accept(new SentinelEvent.Disturbed(uplink));
    }

    /** A tunnel over this uplink may be dead. */
    public void suspect(Uplink uplink) {
        sentinel.accept(new SentinelEvent.Suspected(uplink));
    }

    /** The tunnels' own ports, all of them, and by which uplink they leave now. */
    public void follow(List<TunnelPort> all) {
        ports.follow(outside.servers().isEmpty() ? List.of() : all);
    }

    private void review() {
        review.cancel();
        var usable = running.stream()
                .filter(uplink -> servers.addresses().stream()
                        .anyMatch(server -> server.address().family() == uplink.family() && ways.lead(uplink, server)))
                .toList();
        if (!usable.equals(watched)) {
            watched = usable;
            sentinel.accept(new SentinelEvent.UplinksSeen(usable));
        }
    }

    private void onServers(List<Endpoint> all) {
        sentinel.accept(new SentinelEvent.ServersSeen(all));
        ports.askSoon();
        review.setWithin(0);
    }

    private void onFact(SentinelEffect.Fact fact) {
        if (fact instanceof SentinelEffect.PublicSeen seen && seen.before().isPresent()) {
            ports.changed();
        }
        outside.told().accept(fact);
    }

    private void askFrom(TunnelPort from, Endpoint server, Consumer<Optional<Endpoint>> then) throws LinuxException {
        stun.askFrom(StunQuestions.outlet(from.uplink(), from.mark()), from.port(), server, FROM_A_PORT, outcome -> {
            packets.count(from.uplink(), requests(outcome));
            then.accept(outcome instanceof Outcome.Answered answer ? Optional.of(answer.mapped()) : Optional.empty());
        });
    }

    private static int requests(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Answered answer -> answer.requests();
            case Outcome.Silent silent -> silent.requests();
            case Outcome.Unmoved u -> 1;
            case Outcome.Looped l -> 1;
            case Outcome.Refused r -> 1;
            case Outcome.Unusable u -> 1;
            case Outcome.Unsent u -> 0;
        };
    }

    /** Is told what became of a question through a tunnel. On the loop, later than the question. */
    public interface Through {
        /** A server beyond the far end answered. */
        void onAnswer(long roundTripNanos);

        /** It could not be sent, after all. */
        void onRefusal(String why);
    }

    /**
     * Asks a server through a tunnel's own interface: one packet. Nothing is told where nobody answers.
     *
     * @throws LinuxException when it cannot be sent: interface gone, no server known of this family, too many at once
     */
    public void askThrough(int interfaceIndex, String interfaceName, IpFamily family, Through then)
            throws LinuxException {
        var usable = servers.addresses().stream()
                .filter(server -> server.address().family() == family)
                .toList();
        if (usable.isEmpty() || through >= MOST_THROUGH) {
            outside.loop()
                    .execute(() -> then.onRefusal(
                            usable.isEmpty() ? "no STUN server is known" : "too many questions are open"));
            return;
        }
        var any = Outlet.any(family).source();
        StunSocket socket = stun.open(new Outlet(any, interfaceName, interfaceIndex, 0));
        through++;
        var server = usable.get(Math.floorMod(turn++, usable.size()));
        socket.ask(server, THROUGH, outcome -> {
            through--;
            socket.close();
            switch (outcome) {
                case Outcome.Answered answer -> then.onAnswer(answer.roundTripNanos());
                case Outcome.Unsent unsent -> then.onRefusal(unsent.why().symbol());
                // What says no came from beyond the far end, too, but any tunnel's inside may have sent it.
                case Outcome.Silent s -> {}
                case Outcome.Unmoved u -> {}
                case Outcome.Looped l -> {}
                case Outcome.Refused r -> {}
                case Outcome.Unusable u -> {}
            }
        });
    }

    /**
     * Finds out how large a packet gets through over an uplink in one piece.
     *
     * @param largest size that is of interest, in bytes with the IP header
     * @param then is told once, on the loop; later, but at once where no server leads there, and not at all after the close
     * @throws LinuxException when the kernel refuses the socket
     */
    public void measureMtu(Uplink uplink, int largest, Consumer<PathMtu> then) throws LinuxException {
        var server = servers.addresses().stream()
                .filter(one -> one.address().family() == uplink.family() && ways.lead(uplink, one))
                .findFirst();
        if (server.isPresent()) {
            var unused = stun.measureMtu(
                    StunQuestions.outlet(uplink, 0), server.get(), largest, ANY_ROUND_TRIP, (found, requests) -> {
                        packets.count(uplink, requests);
                        then.accept(found);
                    });
        } else {
            then.accept(PathMtu.UNKNOWN);
        }
    }

    /** Whether the kernel would let questions go from the tunnels' own ports; why not. */
    public Optional<String> portsRefused() {
        return ports.refused();
    }

    /** What is known of this uplink. */
    public UplinkView view(Uplink uplink) {
        var watch = Optional.ofNullable(sentinel.state().watches().get(uplink));
        var heardAt = watch.map(Watch::heardAt).filter(at -> at != Watch.NEVER);
        return new UplinkView(
                watch.flatMap(Watch::told),
                heardAt.isPresent() ? OptionalLong.of(heardAt.get()) : OptionalLong.empty(),
                watch.map(Watch::silent).orElse(false),
                watch.map(known -> NatMapping.of(known, uplink)).orElse(NatMapping.UNKNOWN),
                packets.of(uplink));
    }

    /** How the tunnels' own ports were last seen. */
    public List<PortSeen> portsSeen() {
        return ports.seen();
    }

    /** What came in at our ports and was no answer to a question of ours, so far. */
    public long dropped() {
        return stun.dropped().values().stream().mapToLong(Long::longValue).sum();
    }

    /** STUN servers whose names have no address so far. */
    public List<String> unresolved() {
        return servers.unresolved();
    }

    @Override
    public void close() {
        review.close();
        sentinel.close();
        servers.close();
        ports.close();
        stun.close();
        if (names != null) {
            names.close();
        }
    }
}
