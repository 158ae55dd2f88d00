package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** Observations in any order, sensible or not, from a seed. */
final class RandomWalk {

    private static final String[] DEVICES = {"wg0", "wg1", "wg2"};
    private static final String[] KEYS = {"a", "b", "c", "d", "e"};

    private final Random random;
    private long packetsIn;
    private long packetsOut;
    long now;

    RandomWalk(long seed) {
        random = new Random(seed);
    }

    /** Lets time pass, most often until the deadline. */
    void wait(RecoveryState state) {
        long deadline = state.deadline();
        if (random.nextInt(3) > 0 && deadline != Attempt.NONE) {
            now = Math.max(now, deadline);
        } else {
            now += (long) Math.pow(10, 3 + random.nextDouble() * 8);
        }
    }

    Observation next(RecoveryState state) {
        return switch (random.nextInt(14)) {
            case 12 -> random.nextInt(4) > 0 ? upstream(state) : name(state);
            case 13 -> random.nextInt(3) > 0 ? health() : traffic();
            case 0, 1, 2 -> paths();
            case 3, 4 -> device();
            case 5 -> random.nextInt(6) == 0 ? new Observation.DeviceGone(pick(DEVICES), "gone") : device();
            case 6 -> new Observation.RepairEnded(recent(state.nextRepair()), outcome());
            case 7 -> new Observation.RepairEnded(trial(state).orElse(recent(state.nextRepair())), outcome());
            case 8 ->
                random.nextBoolean()
                        ? new Observation.EchoAnswered(alive(), recent(state.nextEcho()), random.nextInt(1_000_000_000))
                        : new Observation.ThroughAnswered(
                                alive(), recent(state.nextEcho()), random.nextInt(1_000_000_000));
            case 9 ->
                random.nextInt(4) == 0
                        ? new Observation.EchoRefused(tunnel(), recent(state.nextEcho()), "EPERM")
                        : new Observation.TimePassed();
            case 10 -> random.nextInt(5) == 0 ? new Observation.RecoverAsked(meant()) : new Observation.TimePassed();
            default -> random.nextInt(10) == 0 ? interrupted() : new Observation.TimePassed();
        };
    }

    private Observation.Meant meant() {
        return switch (random.nextInt(4)) {
            case 0 -> new Observation.Meant.OfDevice(pick(DEVICES));
            case 1 -> random.nextBoolean() ? new Observation.Meant.Everything() : new Observation.Meant.Node();
            default -> new Observation.Meant.Named(tunnel());
        };
    }

    private Observation interrupted() {
        Set<Rung> tried = random.nextBoolean() ? Set.of() : Set.of(Rung.REBIND);
        return new Observation.Interrupted(pick(DEVICES), List.of(alive().peer(), alive().peer()), tried);
    }

    /** The answer to a question that was asked, most often. */
    private Observation name(RecoveryState state) {
        var asked = List.copyOf(state.named().keySet());
        var id = asked.isEmpty() || random.nextInt(5) == 0 ? tunnel() : asked.get(random.nextInt(asked.size()));
        var endpoints = new ArrayList<Endpoint>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String address = random.nextInt(3) == 0 ? "2001:db8::" : "198.51.100.";
            endpoints.add(new Endpoint(IpAddress.parse(address + (1 + random.nextInt(4))), 51_820));
        }
        Optional<String> name =
                endpoints.isEmpty() && random.nextBoolean() ? Optional.empty() : Optional.of("vpn.example");
        return new Observation.NameSeen(id, name, endpoints, endpoints.isEmpty() ? "no answer" : "");
    }

    private Observation health() {
        var uplink = World.uplink(1 + random.nextInt(3));
        var server = random.nextBoolean() ? World.SERVER : World.OTHER_SERVER;
        return switch (random.nextInt(7)) {
            case 0 ->
                new Observation.WaysSeen(
                        random.nextInt(5) == 0 ? List.of() : List.of(World.uplink(1), World.uplink(2), uplink),
                        random.nextInt(5) == 0 ? Optional.of("others decide") : Optional.empty());
            case 1 -> new Observation.UplinkHeard(uplink, server);
            case 2 -> new Observation.GatewaySeen(uplink, random.nextBoolean());
            default -> new Observation.UplinkUnheard(uplink, server, now - random.nextInt(1_000_000_000));
        };
    }

    private Observation traffic() {
        packetsIn += random.nextInt(3) == 0 ? 0 : random.nextInt(100);
        packetsOut += random.nextInt(100);
        String device = random.nextInt(4) == 0 ? NodeState.TRAFFIC : pick(DEVICES);
        return new Observation.TrafficSeen(device, packetsIn, packetsOut, 100 * packetsOut);
    }

    private Observation node(RecoveryState state) {
        var peers = List.of(
                new NodeFacts.Peer("laptop", IpAddress.parse("100.64.0.2"), true),
                new NodeFacts.Peer("phone", IpAddress.parse("100.64.0.3"), false));
        return switch (random.nextInt(10)) {
            case 9 -> new Observation.NodeSteered(recent(state.nextRepair()), outcome());
            case 0 -> new Observation.NodeGone("gone");
            case 8 ->
                new Observation.ControlSeen(
                        List.of(IpAddress.parse("192.200.0.101")), random.nextInt(2) * NodeState.CONTROL_SILENT);
            case 1 -> new Observation.NodeKicked(recent(state.nextRepair()), outcome());
            case 2, 3 ->
                new Observation.NodePinged(
                        recent(state.nextEcho()),
                        "laptop",
                        random.nextBoolean(),
                        random.nextInt(3) == 0 ? OptionalLong.empty() : OptionalLong.of(random.nextInt(1_000_000_000)));
            default ->
                new Observation.NodeSeen(new NodeFacts(
                        "nas",
                        random.nextInt(5) == 0 ? NodeFacts.Condition.PERSONS : NodeFacts.Condition.RUNNING,
                        random.nextInt(8) > 0,
                        random.nextInt(4) > 0,
                        random.nextInt(2) * 41_641,
                        marks(),
                        peers.subList(0, random.nextInt(3))));
        };
    }

    private NodeFacts.Marks marks() {
        return random.nextInt(4) == 0
                ? NodeFacts.Marks.NONE
                : new NodeFacts.Marks(
                        random.nextInt(6) == 0 ? Optional.of("there is one way out only") : Optional.empty(),
                        0x80000,
                        0xff0000,
                        List.of((Path.Via) World.via(1 + random.nextInt(3), "wan")));
    }

    private Observation upstream(RecoveryState state) {
        var uplink = World.uplink(1 + random.nextInt(3));
        if (random.nextInt(4) == 0) {
            return node(state);
        }
        if (random.nextInt(100) == 0) {
            return new Observation.Woke(1_000_000_000L * random.nextInt(100_000));
        }
        if (random.nextInt(8) == 0) {
            var route = new HostRoute(
                    World.SERVER.address(), Optional.empty(), uplink.interfaceIndex(), "wan", 254, 0, "static");
            return new Observation.HostRouteSeen(tunnel(), route);
        }
        if (random.nextInt(4) == 0) {
            return random.nextBoolean()
                    ? new Observation.GatewayForgot(uplink, "announced")
                    : new Observation.GatewayMoved(uplink, "announced");
        }
        var seen = IpAddress.parse("203.0.113." + random.nextInt(3));
        var before = IpAddress.parse("203.0.113." + random.nextInt(3));
        return new Observation.PublicSeen(
                uplink,
                new Endpoint(seen, 40_000 + random.nextInt(2)),
                random.nextInt(4) == 0 ? Optional.empty() : Optional.of(before),
                random.nextInt(3) == 0);
    }

    private RepairOutcome outcome() {
        return switch (random.nextInt(13)) {
            case 12 -> new RepairOutcome.NotNeeded("nothing is stale");
            case 0 -> new RepairOutcome.Refused("set", "EPERM", "no");
            case 1 -> new RepairOutcome.Vanished();
            case 2 -> new RepairOutcome.OnlyObserved();
            case 3, 4, 5 -> new RepairOutcome.PortChanged(50_000);
            case 6 -> new RepairOutcome.NotWanted();
            default -> new RepairOutcome.Done();
        };
    }

    private long recent(long next) {
        return Math.max(0, next - 1 - random.nextInt(6));
    }

    /** The repair that a new port was asked for by, as long as there is one on trial. */
    private static Optional<Long> trial(RecoveryState state) {
        return state.devices().values().stream()
                .flatMap(device -> device.trial().stream())
                .map(DeviceState.PortTrial::repair)
                .findFirst();
    }

    private TunnelId tunnel() {
        return new TunnelId(pick(DEVICES), pick(KEYS));
    }

    /** Any but "e", which never says a word. */
    private TunnelId alive() {
        TunnelId id = tunnel();
        return id.peer().equals("e") ? new TunnelId(id.device(), "a") : id;
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }

    private Observation paths() {
        var answers = new ArrayList<PathAnswer>();
        for (int i = random.nextInt(6); i > 0; i--) {
            answers.add(new PathAnswer(tunnel(), path()));
        }
        return new Observation.PathsSeen(List.of("sign"), some(3), some(6), answers);
    }

    private Set<Integer> some(int rarely) {
        var some = new HashSet<Integer>();
        for (int index = 1; index <= 3; index++) {
            if (random.nextInt(rarely) == 0) {
                some.add(index);
            }
        }
        return some;
    }

    private Path path() {
        int way = random.nextInt(6);
        // 10 is wg0's own index: a tunnel inside a tunnel.
        return way == 0 ? World.NO_WAY : way == 5 ? World.via(10, "wg0") : World.via(1 + way % 3, "wan" + way);
    }

    private Observation device() {
        String name = pick(DEVICES);
        int index = name.charAt(2) - '0' + (random.nextInt(20) == 0 ? 20 : 10);
        DeviceKind kind = name.equals("wg2") && random.nextInt(10) > 0
                ? DeviceKind.OBSERVED
                : DeviceKind.values()[random.nextInt(10) == 0 ? 2 : random.nextInt(2)];
        PortUse use = name.equals("wg1") ? PortUse.FIXED : PortUse.FREE;
        var facts = new DeviceFacts(name, index, kind, "key", 40_000, random.nextInt(2), use, !name.equals("wg2"));
        var changed = new ArrayList<PeerFacts>();
        var removed = new ArrayList<String>();
        for (String key : KEYS) {
            if (random.nextInt(3) == 0) {
                changed.add(peer(key));
            } else if (random.nextInt(40) == 0) {
                removed.add(key);
            }
        }
        return new Observation.DeviceSeen(facts, changed, removed);
    }

    private PeerFacts peer(String key) {
        Optional<Endpoint> endpoint = random.nextInt(20) == 0
                ? Optional.empty()
                : Optional.of(new Endpoint(IpAddress.parse("198.51.100." + (1 + random.nextInt(2))), 51_820));
        long handshake = switch (random.nextInt(4)) {
            case 0 -> PeerFacts.NEVER;
            case 1 -> now;
            default -> now - (long) (random.nextDouble() * 400 * World.SECOND);
        };
        // "e" is never alive.
        boolean dead = key.equals("e");
        return new PeerFacts(
                key,
                endpoint,
                random.nextBoolean() ? 25 : 0,
                dead ? PeerFacts.NEVER : handshake,
                dead ? 0 : random.nextInt(4) * 1_000,
                random.nextInt(4) * 1_000,
                key.equals("a") || key.equals("b") ? Optional.empty() : Optional.of(IpAddress.parse("10.0.0.1")),
                key.equals("a") && random.nextBoolean() ? Optional.of(IpAddress.parse("10.0.0.7")) : Optional.empty(),
                key.equals("b") ? Set.of(IpFamily.V4) : Set.of());
    }
}
