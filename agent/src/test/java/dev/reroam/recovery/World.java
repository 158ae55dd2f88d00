package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.Note;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Observation.PathsSeen;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * A scripted world in virtual time: two uplinks, devices with peers, and a far side that answers or does not. It plays SEE
 * to the brain, has {@link Acting} play ACT, and keeps every action with its instant. Just enough WireGuard: a peer keeps
 * sending its old way until it is refreshed.
 */
final class World {

    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;

    record Timed(long at, Action action) {}

    /** How many steps took how long. */
    record Cost(long steps, long nanos) {
        Cost plus(Cost other) {
            return new Cost(steps + other.steps, nanos + other.nanos);
        }

        @Override
        public String toString() {
            return steps + " x " + nanos / steps / 1_000;
        }
    }

    private record Later(long at, long order, Runnable what) {}

    /** A peer and its far side. */
    final class Peer {
        final TunnelId id;
        int keepalive = 25;
        Optional<IpAddress> probe = Optional.of(IpAddress.parse("10.0.0.2"));
        Optional<IpAddress> lastSeen = Optional.empty();
        Set<IpFamily> everything = Set.of();
        Optional<Endpoint> endpoint = Optional.of(new Endpoint(IpAddress.parse("198.51.100.1"), 51820));
        /** The far side answers echoes. */
        boolean echoes = true;
        /** Whether packets sent over a way reach the far side and answers come back. */
        Predicate<Path> passes = path -> true;
        /** The same of the device's listen port, whose NAT entry may be dead. */
        IntPredicate passesFrom = port -> true;
        /** The same of the endpoint that packets are sent to. */
        Predicate<Endpoint> isAt = endpoint -> true;
        /** Packets eaten after each change, as a masquerading kernel does. */
        int eaten;

        long roundTrip = 10 * MS;
        long handshakeAt = PeerFacts.NEVER;
        long received;
        long sent;
        Path way = WAN1;
        Path using = WAN1;

        Peer(TunnelId id) {
            this.id = id;
        }

        PeerFacts facts() {
            return new PeerFacts(
                    id.peer(), endpoint, keepalive, handshakeAt, received, sent, probe, lastSeen, everything);
        }

        boolean carries() {
            return using instanceof Path.Via via
                    && !dead.contains(via.interfaceIndex())
                    && passes.test(using)
                    && passesFrom.test(devices.get(id.device()).listenPort())
                    && endpoint.filter(isAt).isPresent();
        }
    }

    static final Path WAN1 = via(1, "wan1");
    static final Path WAN2 = via(2, "wan2");
    static final Endpoint SERVER = new Endpoint(IpAddress.parse("198.51.100.101"), 3478);
    static final Endpoint OTHER_SERVER = new Endpoint(IpAddress.parse("198.51.100.102"), 3478);
    static final Path NO_WAY = new Path.None("ENETUNREACH");

    final List<Timed> done = new ArrayList<>();
    final Map<TunnelId, Peer> peers = new LinkedHashMap<>();
    final Map<String, DeviceFacts> devices = new LinkedHashMap<>();
    final Set<Integer> dead = new TreeSet<>();
    /** Whether repairs are answered by {@link RepairOutcome.Done}; a test may set another answer. */
    RepairOutcome outcome = new RepairOutcome.Done();
    /** What becomes of what tailscaled is told. */
    RepairOutcome kicking = new RepairOutcome.Done();
    /** Which nodes answer its pings. */
    Predicate<String> answering = name -> true;
    /** How long it takes until a change is written down, after which it is made if it is still wanted. */
    LongSupplier writing = () -> MS / 10;
    /** What becomes of flows that are to be forgotten. */
    RepairOutcome flows = new RepairOutcome.NotNeeded("no flow is stale");
    /** The host route that all tunnels take. */
    Optional<HostRoute> pinned = Optional.empty();
    /** What names mean: nothing has one. */
    Function<TunnelId, Observation.NameSeen> naming =
            id -> new Observation.NameSeen(id, Optional.empty(), List.of(), "no file names its endpoint");
    /** Called as flows are to be forgotten. */
    Runnable forgetting = () -> {};

    Runnable restarting = () -> {};
    /** What becomes of a wish for another source port. */
    RepairOutcome rewriting = new RepairOutcome.NotNeeded("there is no nft");
    /** Whose packets leave from another port. */
    final Set<String> rewritten = new TreeSet<>();
    /** What the far side sends arrives, whatever becomes of what is sent to it. */
    boolean hears;
    /** Endpoints that leave by a way of ours. */
    final Map<Endpoint, Uplink> steered = new LinkedHashMap<>();
    /** Called as a port is left. */
    Runnable changing = () -> {};
    /** How long it takes until the brain is told of a change that was made. */
    LongSupplier telling = () -> 0;
    /** Sees each action at its instant. */
    Consumer<Action> watcher = action -> {};

    long now = 1_000 * SECOND;
    RecoveryState state = RecoveryState.initial();
    final Map<String, Cost> cost = new TreeMap<>();
    private final Recovery recovery;
    private final Acting acting;
    final RecoveryConfig config;
    private final PriorityQueue<Later> later =
            new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
    private final Map<TunnelId, PeerFacts> told = new LinkedHashMap<>();
    private long order;
    private Path natural = WAN1;
    private long packetsIn;
    private long packetsOut;

    World() {
        this(Ladder.standard(), RecoveryConfig.standard(false));
    }

    World(Ladder ladder, RecoveryConfig config) {
        recovery = new Recovery(ladder, config);
        acting = new Acting(this, recovery);
        this.config = config;
    }

    static Path via(int index, String name) {
        return new Path.Via(
                index,
                name,
                Optional.of(IpAddress.parse("192.0.2." + index)),
                IpAddress.parse("192.0.2." + (100 + index)));
    }

    DeviceFacts device(String name, DeviceKind kind, PortUse use) {
        var facts = new DeviceFacts(name, 10 + devices.size(), kind, "key of " + name, 40_000, 0, use);
        devices.put(name, facts);
        return facts;
    }

    /** A device that somebody restarts. */
    DeviceFacts restartable(String name, PortUse use, int index) {
        var facts = new DeviceFacts(name, index, DeviceKind.KERNEL, "key of " + name, 40_000, 0, use, true);
        devices.put(name, facts);
        return facts;
    }

    /** A peer that shook hands a minute ago. */
    Peer active(String device, String key) {
        Peer peer = asleep(device, key);
        peer.handshakeAt = now - 60 * SECOND;
        return peer;
    }

    Peer asleep(String device, String key) {
        var peer = new Peer(new TunnelId(device, key));
        peers.put(peer.id, peer);
        return peer;
    }

    /** One kernel device with one active peer, read and asked. */
    static World withOnePeer(PortUse use) {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, use);
        world.active("wg0", "peer");
        world.start();
        return world;
    }

    Peer peer() {
        return peers.values().iterator().next();
    }

    void start() {
        devices.keySet().forEach(this::read);
        take(new PathsSeen(
                List.of(),
                Set.of(),
                Set.of(),
                peers.values().stream()
                        .map(peer -> new PathAnswer(peer.id, peer.way))
                        .toList()));
        advance(60 * SECOND);
        devices.keySet().forEach(this::read);
        done.clear();
    }

    /** The kernel's answer becomes another one for all peers, but those that a rule of ours sends elsewhere. */
    void route(Path way, Integer... disturbed) {
        natural = way;
        var answers = answers();
        take(new PathsSeen(List.of("default route " + way), Set.of(disturbed), dead, answers));
    }

    /** A rule of ours came or went. */
    void routed() {
        var answers = answers();
        if (!answers.isEmpty()) {
            take(new PathsSeen(List.of("rule"), Set.of(), dead, answers));
        }
    }

    private List<PathAnswer> answers() {
        var answers = new ArrayList<PathAnswer>();
        for (Peer peer : peers.values()) {
            Uplink ours = peer.endpoint.map(steered::get).orElse(null);
            Path way = ours == null || dead.contains(ours.interfaceIndex())
                    ? natural
                    : via(ours.interfaceIndex(), ours.interfaceName());
            if (!peer.way.equals(way)) {
                peer.way = way;
                answers.add(new PathAnswer(peer.id, way));
            }
        }
        return answers;
    }

    /** Both uplinks can carry packets, and tunnels may be steered. */
    void ways() {
        take(new Observation.WaysSeen(List.of(uplink(1), uplink(2)), Optional.empty()));
    }

    /** Two servers answer over an uplink. */
    void answers(int uplink) {
        take(new Observation.UplinkHeard(uplink(uplink), SERVER));
        take(new Observation.UplinkHeard(uplink(uplink), OTHER_SERVER));
    }

    /** A second of traffic in both directions, counted ten times, as far as it gets through. */
    void traffic(String device, int seconds) {
        for (int i = 0; i < 10 * seconds; i++) {
            advance(100 * MS);
            count(device, 5);
        }
    }

    /** So many packets go each way, where they get through, and are counted. */
    void count(String device, int packets) {
        Peer peer = peer();
        if (peer.carries() || hears) {
            packetsIn += packets;
            peer.received += 100L * packets;
        }
        packetsOut += packets;
        peer.sent += 100L * packets;
        take(new Observation.TrafficSeen(device, packetsIn, packetsOut, 100 * packetsOut));
    }

    /** A server tells that the world sees the first or second uplink otherwise. */
    void seen(int index, String before, String after) {
        take(new Observation.PublicSeen(
                uplink(index),
                new Endpoint(IpAddress.parse(after), 40_000),
                before.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(before)),
                false));
    }

    static Uplink uplink(int index) {
        var via = (Path.Via) via(index, "wan" + index);
        return new Uplink(index, via.interfaceName(), via.gateway(), via.source());
    }

    void disturb(Integer... disturbed) {
        take(new PathsSeen(List.of("link event"), Set.of(disturbed), dead, List.of()));
    }

    void read(String device) {
        var changed = new ArrayList<PeerFacts>();
        for (Peer peer : peers.values()) {
            if (peer.id.device().equals(device) && !peer.facts().equals(told.get(peer.id))) {
                changed.add(peer.facts());
                told.put(peer.id, peer.facts());
            }
        }
        DeviceFacts facts = devices.get(device);
        take(facts == null ? new Observation.DeviceGone(device, "gone") : new DeviceSeen(facts, changed, List.of()));
    }

    /** Lets time pass, and everything that is due happen. */
    void advance(long nanos) {
        long until = now + nanos;
        while (true) {
            long next = recovery.nextDeadline(state).orElse(Long.MAX_VALUE);
            Later first = later.peek();
            if (first != null && first.at() <= Math.min(next, until)) {
                later.remove();
                now = Math.max(now, first.at());
                first.what().run();
            } else if (next <= until) {
                now = Math.max(now, next);
                take(new Observation.TimePassed());
            } else {
                now = until;
                return;
            }
        }
    }

    void take(Observation what) {
        long began = System.nanoTime();
        Step step = recovery.step(state, what, now);
        long took = System.nanoTime() - began;
        cost.merge(what.getClass().getSimpleName(), new Cost(1, took), Cost::plus);
        state = step.state();
        for (Action action : step.actions()) {
            done.add(new Timed(now, action));
            acting.act(action);
        }
    }

    /** Something that happens later by itself. */
    void later(long nanos, Runnable what) {
        later.add(new Later(now + nanos, order++, what));
    }

    <A extends Action> List<A> all(Class<A> kind) {
        return done.stream()
                .map(Timed::action)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    List<Note> notes(NoteKind kind) {
        return all(Note.class).stream().filter(note -> note.kind() == kind).toList();
    }

    TunnelStatus.Word word(Peer peer) {
        return TunnelStatus.of(state.tunnels().get(peer.id), now, config).word();
    }

    String story() {
        var text = new StringBuilder();
        for (Timed timed : done) {
            text.append(timed.at() / 100_000 / 10.0)
                    .append(' ')
                    .append(timed.action())
                    .append('\n');
        }
        return text.toString();
    }
}
