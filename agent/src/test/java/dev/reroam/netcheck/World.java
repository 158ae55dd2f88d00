package dev.reroam.netcheck;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.netcheck.Netcheck.Effect;
import dev.reroam.netcheck.Netcheck.Event;
import dev.reroam.portmap.SimulatedProbe;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.Schedule;
import dev.reroam.stun.SimulatedStun;
import dev.reroam.stun.SimulatedStun.Habits;
import dev.reroam.stun.SimulatedStun.Server;
import dev.reroam.stun.StunServer;
import dev.reroam.uplink.Uplink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/** Everything outside of the machine, on virtual time: name servers, NATs, servers, a gateway, a web page. */
final class World {

    static final long MS = 1_000_000;
    static final Schedule SCHEDULE = Schedule.of(150, 4, 4);
    static final Habits USUAL =
            new Habits(true, Mapping.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT, false, true);
    static final Uplink V4 = new Uplink(3, "wan0", Optional.of(SimulatedProbe.GATEWAY), SimulatedProbe.LOCAL);
    static final Uplink V6 =
            new Uplink(3, "wan0", Optional.of(IpAddress.parse("fe80::1")), IpAddress.parse("2001:db8:1::2"));
    static final PortalUrl PORTAL = PortalUrl.parse("http://portal.example/generate_204");

    private record Later(long at, long order, Event event) {}

    Habits habits = USUAL;
    String outside = "203.0.113.7";
    int roundTripMillis = 40;
    int pathMtu = 9000;
    long nameMillis = 40;
    Optional<String> gatewaySays = Optional.of("203.0.113.7");
    final Set<Protocol> speaks = EnumSet.allOf(Protocol.class);
    /** Empty for silence. */
    Optional<PortalAnswer> page = Optional.of(new PortalAnswer.Http(204, Optional.empty(), false));

    boolean bindingLifetime;
    final List<Target> targets = new ArrayList<>(List.of(new Target(V4, 1500)));
    final List<StunServer> servers = new ArrayList<>();
    final Map<String, List<String>> names = new HashMap<>();
    final Set<String> silentNames = new java.util.HashSet<>();
    final Map<Endpoint, Server> there = new LinkedHashMap<>();
    final Map<Endpoint, String> obstacles = new HashMap<>();
    final List<Question> asked = new ArrayList<>();
    private final PriorityQueue<Later> underWay =
            new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
    private long order;
    long now;

    World() {
        names.put("portal.example", List.of("198.51.100.200", "2001:db8::200"));
    }

    /** A server of that name, at 198.51.100.(2n) and 2001:db8::(2n), in the order of adding. */
    World with(String name, Server server) {
        int host = 2 * (servers.size() + 1);
        servers.add(new StunServer(name, 3478));
        names.put(name, List.of("198.51.100." + host, "2001:db8::" + host));
        there.put(Endpoint.parse("198.51.100." + host + ":3478"), server);
        there.put(Endpoint.parse("[2001:db8::" + host + "]:3478"), server);
        return this;
    }

    /** One of two addresses, and two ordinary ones. */
    World withUsualServers() {
        return with("one.example", Server.TWO_ADDRESSES)
                .with("two.example", Server.ORDINARY)
                .with("three.example", Server.ORDINARY);
    }

    Report run() {
        underWay.clear();
        var wish = new Wish(targets, servers, Optional.of(PORTAL), bindingLifetime);
        var progress = Netcheck.start(wish, now);
        long began = now;
        progress.effects().forEach(this::perform);
        while (!progress.state().isFinished()) {
            var due = progress.state().dueAt();
            Event event = new Event.TimePassed();
            if (!underWay.isEmpty() && (due.isEmpty() || underWay.peek().at() <= due.getAsLong())) {
                var later = underWay.remove();
                now = later.at();
                event = later.event();
            } else {
                now = due.orElseThrow();
            }
            progress = progress.state().step(event, now);
            progress.effects().forEach(this::perform);
        }
        return Judging.report(progress.state().answers(), Duration.ofNanos(now - began));
    }

    UplinkReport only() {
        return run().uplinks().getFirst();
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.Ask(Question question) -> {
                asked.add(question);
                ask(question);
            }
            case Effect.GiveUp(Question question) -> tell(0, question, new Answer.TooLate());
        }
    }

    private void tell(long nanos, Question question, Answer answer) {
        underWay.add(new Later(now + nanos, order++, new Event.Told(question, answer)));
    }

    private SimulatedStun stun(Uplink uplink) {
        var address = uplink.family() == IpFamily.V4 ? outside : "2001:db8:ffff::7";
        var stun = new SimulatedStun(habits, IpAddress.parse(address), roundTripMillis, pathMtu);
        there.forEach((at, server) -> {
            if (at.address().family() == uplink.family()) {
                stun.with(at, server);
            }
        });
        return stun;
    }

    private void ask(Question question) {
        var stun = stun(question.uplink());
        var source = question.uplink().source();
        switch (question) {
            case Question.Lookup lookup -> lookup(lookup);
            case Question.Way way -> tell(0, way, new Answer.Leads(Optional.ofNullable(obstacles.get(way.to()))));
            case Question.Nat nat -> {
                var found = stun.discover(source, nat.servers(), SCHEDULE);
                tell(found.nanos(), nat, new Answer.NatSeen(found.value()));
            }
            case Question.Latency latency -> {
                var outcome = stun.ask(source, latency.server(), SCHEDULE);
                tell(outcome.nanos(), latency, new Answer.Came(outcome.value()));
            }
            case Question.Mtu mtu -> {
                var found = stun.mtu(mtu.server(), mtu.largestBytes());
                tell(found.nanos(), mtu, new Answer.Measured(found.value()));
            }
            case Question.Gateway gateway -> {
                var told = SimulatedProbe.probe(speaks, gatewaySays, gateway.protocol());
                tell(told.nanos(), gateway, new Answer.Spoke(told.report()));
            }
            case Question.Portal portal ->
                page.ifPresent(answer -> tell(2L * roundTripMillis * MS, portal, new Answer.Fetched(answer)));
            case Question.Memory memory ->
                tell(
                        600_000 * MS,
                        memory,
                        new Answer.Remembered(new dev.reroam.stun.Lifetime(
                                Optional.of(Duration.ofSeconds(30)), Optional.of(Duration.ofSeconds(35)))));
        }
    }

    private void lookup(Question.Lookup lookup) {
        if (silentNames.contains(lookup.host())) {
            return;
        }
        var addresses = Optional.ofNullable(names.get(lookup.host()));
        Names.Resolved resolved = addresses
                .<Names.Resolved>map(all -> new Names.Resolved.Found(all.stream()
                        .map(IpAddress::parse)
                        .filter(address -> address.family() == lookup.uplink().family())
                        .toList()))
                .orElseGet(() -> new Names.Resolved.None("no such name"));
        tell(nameMillis * MS, lookup, new Answer.Resolved(resolved));
    }
}
