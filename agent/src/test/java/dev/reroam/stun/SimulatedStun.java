package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.SimulatedInternet.Weather;
import dev.reroam.stun.SimulatedServer.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The machines of this package in the simulated internet, for the tests of those who use them. */
public final class SimulatedStun {

    /** A result, and how long it took. */
    public record Timed<T>(T value, long nanos) {}

    /** What a server is. */
    public enum Server {
        TWO_ADDRESSES(Kind.TWO_ADDRESSES),
        ORDINARY(Kind.ORDINARY),
        SILENT(Kind.SILENT);

        private final Kind kind;

        Server(Kind kind) {
            this.kind = kind;
        }
    }

    /** What the NAT is. */
    public record Habits(
            boolean translates, Mapping mapping, Filtering filtering, boolean hairpins, boolean preservesPorts) {}

    private static final long MS = 1_000_000;

    private final Habits habits;
    private final IpAddress outside;
    private final int roundTripMillis;
    private final int mtu;
    private final Map<Endpoint, Server> servers = new LinkedHashMap<>();

    /** A NAT with this address outside; the MTU is of the way behind it. */
    public SimulatedStun(Habits habits, IpAddress outside, int roundTripMillis, int mtu) {
        this.habits = habits;
        this.outside = outside;
        this.roundTripMillis = roundTripMillis;
        this.mtu = mtu;
    }

    /** Adds a server; of one with two addresses the other one is the next address. */
    public SimulatedStun with(Endpoint at, Server server) {
        servers.put(at, server);
        return this;
    }

    /** What a discovery finds. */
    public Timed<Discovered> discover(IpAddress source, List<Endpoint> asked, Schedule schedule) {
        var random = new Random(1);
        var nat = new SimulatedNat(
                new SimulatedNat.Habits(
                        habits.translates(),
                        habits.mapping(),
                        habits.filtering(),
                        habits.hairpins(),
                        habits.preservesPorts()),
                outside,
                random);
        var there = new ArrayList<SimulatedServer>();
        servers.forEach((at, server) -> {
            var other = new IpAddress(
                    at.address().family(), at.address().high(), at.address().low() + 1);
            there.add(new SimulatedServer(server.kind, at, new Endpoint(other, at.port() + 1)));
        });
        var sockets = List.of(new Endpoint(source, 50_000), new Endpoint(source, 50_001));
        var weather = new Weather(roundTripMillis / 2, roundTripMillis / 2, 0, 0);
        var internet = new SimulatedInternet(weather, nat, there, sockets, random);
        var found = internet.run(
                new Discovery.Plan(asked, sockets.get(0), sockets.get(1), schedule, SimulatedInternet.ids(random)));
        return new Timed<>(Discovered.of(found, internet.sent()), internet.now());
    }

    /** What comes of one question. */
    public Timed<Outcome> ask(IpAddress source, Endpoint server, Schedule schedule) {
        var outcome =
                discover(source, List.of(server), schedule).value().outcomes().get(server);
        if (outcome instanceof Outcome.Answered answered) {
            return new Timed<>(outcome, answered.roundTripNanos());
        }
        return new Timed<>(new Outcome.Silent(schedule.requests()), schedule.givesUpAfterNanos());
    }

    /** How large a packet gets to a server. */
    public Timed<PathMtu> mtu(Endpoint server, int largest) {
        var manner = servers.getOrDefault(server, Server.SILENT) == Server.SILENT
                ? SimulatedPath.Manner.SILENT
                : SimulatedPath.Manner.ANSWERS;
        var path = new SimulatedPath(server, mtu, roundTripMillis * MS, manner, 0, new Random(1));
        var found = path.measure(largest);
        return new Timed<>(found, path.now);
    }
}
