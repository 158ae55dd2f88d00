package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.sentinel.SentinelEffect.Ask;
import dev.reroam.sentinel.SentinelEffect.PublicSeen;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/** Servers and the NAT in front of an uplink, in virtual time. */
final class SentinelWorld {

    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;
    static final Endpoint A = Endpoint.parse("198.51.100.1:3478");
    static final Endpoint B = Endpoint.parse("198.51.100.2:3478");
    static final Endpoint C = Endpoint.parse("198.51.100.3:3478");
    static final Uplink WAN = uplink(2, "192.0.2.1", "192.0.2.7");

    /** What stands between us and a server; empty where the packet or its answer is lost. */
    interface Nat {
        Optional<Endpoint> pass(Endpoint server, long port, long now);
    }

    /** One way out of the NAT: the same port outside as inside. */
    static Nat behind(String address) {
        return (server, port, now) -> Optional.of(new Endpoint(IpAddress.parse(address), (int) (40_000 + port)));
    }

    /** It holds on to the flows of all ports up to one, which are dead; others see an address. */
    static Nat stuckUpTo(long port, String address) {
        return (server, by, now) ->
                by <= port ? Optional.empty() : behind(address).pass(server, by, now);
    }

    record Sent(long at, Ask ask) {}

    record Told(long at, PublicSeen seen) {}

    record Missed(long at, SentinelEffect.Unheard told) {}

    private record Arriving(long at, long question, long port, Endpoint mapped, long roundTrip) {}

    final Sentinel sentinel;
    final Random random;
    final Map<Uplink, Nat> nats = new HashMap<>();
    final List<Sent> sent = new ArrayList<>();
    final List<Told> told = new ArrayList<>();
    final List<Long> heardAt = new ArrayList<>();
    final List<Missed> unheard = new ArrayList<>();
    final Set<Long> left = new HashSet<>();
    private final PriorityQueue<Arriving> arriving =
            new PriorityQueue<>((a, b) -> a.at() != b.at() ? Long.compare(a.at(), b.at()) : 1);
    /** What comes to a socket that was left is lost. */
    boolean closes;

    double loss;
    long roundTrip = 30 * MS;
    long now;
    SentinelState state;

    SentinelWorld(long seed, long every) {
        sentinel = new Sentinel(SentinelConfig.standard(every));
        random = new Random(seed);
        now = random.nextInt(1_000) * SECOND - 500 * SECOND;
        state = SentinelState.initial(seed);
    }

    static SentinelWorld started(long seed) {
        var world = new SentinelWorld(seed, SentinelConfig.EVERY);
        world.nats.put(WAN, behind("203.0.113.1"));
        world.take(new SentinelEvent.ServersSeen(List.of(A, B, C)));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN)));
        world.advance(60 * SECOND);
        return world;
    }

    static Uplink uplink(int index, String gateway, String source) {
        return new Uplink(index, "wan" + index, Optional.of(IpAddress.parse(gateway)), IpAddress.parse(source));
    }

    void take(SentinelEvent event) {
        var step = sentinel.step(state, event, now);
        state = step.state();
        for (var effect : step.effects()) {
            switch (effect) {
                case Ask ask -> send(ask);
                case SentinelEffect.Leave(var uplink, long port) -> left.add(port);
                case PublicSeen seen -> told.add(new Told(now, seen));
                case SentinelEffect.Heard heard -> heardAt.add(now);
                case SentinelEffect.Unheard unheard -> unheard(unheard);
            }
        }
    }

    private void unheard(SentinelEffect.Unheard told) {
        boolean asked = sent.stream()
                .anyMatch(
                        one -> one.at() == told.askedAt() && one.ask().server().equals(told.server()));
        if (!asked) {
            throw new AssertionError("never asked: " + told);
        }
        unheard.add(new Missed(now, told));
    }

    private void send(Ask ask) {
        sent.add(new Sent(now, ask));
        if (random.nextDouble() < loss) {
            return;
        }
        nats.getOrDefault(ask.uplink(), (server, port, at) -> Optional.empty())
                .pass(ask.server(), ask.port(), now)
                .ifPresent(mapped ->
                        arriving.add(new Arriving(now + roundTrip, ask.question(), ask.port(), mapped, roundTrip)));
    }

    void advance(long nanos) {
        long until = now + nanos;
        while (true) {
            long due = sentinel.nextDeadline(state).orElse(Watch.NEVER);
            long answer = arriving.isEmpty() ? Watch.NEVER : arriving.peek().at();
            long next = Math.min(due, answer);
            if (next > until) {
                now = until;
                return;
            }
            if (next < now) {
                throw new AssertionError("due in the past: " + next + " at " + now);
            }
            now = next;
            if (answer <= due) {
                Arriving first = arriving.remove();
                if (!closes || !left.contains(first.port())) {
                    take(new SentinelEvent.Answered(first.question(), first.mapped(), first.roundTrip()));
                }
            } else {
                take(new SentinelEvent.TimePassed());
                if (sentinel.nextDeadline(state).orElse(Watch.NEVER) <= now) {
                    throw new AssertionError("due again at once");
                }
            }
        }
    }

    /** Facts that say another address than before. */
    List<Told> changes() {
        return told.stream()
                .filter(one -> one.seen().before().isPresent()
                        && !one.seen().before().get().equals(one.seen().mapped().address()))
                .toList();
    }

    /** Most packets over one uplink in any minute. */
    int busiestMinute(Uplink uplink) {
        var times = sent.stream()
                .filter(one -> one.ask().uplink().equals(uplink))
                .map(Sent::at)
                .toList();
        int busiest = 0;
        int from = 0;
        for (int i = 0; i < times.size(); i++) {
            while (times.get(i) - times.get(from) >= 60 * SECOND) {
                from++;
            }
            busiest = Math.max(busiest, i - from + 1);
        }
        return busiest;
    }
}
