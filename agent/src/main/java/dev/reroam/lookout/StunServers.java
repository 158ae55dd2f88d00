package dev.reroam.lookout;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.loop.Alarm;
import dev.reroam.stun.StunServer;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The STUN servers' addresses. Confined to the agent's loop.
 *
 * <p>A name that does not resolve is asked for again, with growing pauses and after changes of the network; one that did, once
 * an hour. What was found last stays while nobody can say anything newer.
 */
final class StunServers implements AutoCloseable {

    /** Ours: operators move their servers within days; a server that is gone is noticed by its silence, and others answer. */
    static final long REFRESH = TimeUnit.HOURS.toNanos(1);
    /** Ours: so that no minute has the questions for all names. */
    static final long SPREAD = TimeUnit.SECONDS.toNanos(30);

    static final long RETRY_FIRST = TimeUnit.SECONDS.toNanos(10);
    static final long RETRY_MOST = TimeUnit.MINUTES.toNanos(10);
    /** Ours: an uplink that comes up raises dozens of events. */
    static final long HURRY_SPACING = TimeUnit.SECONDS.toNanos(3);

    /** Ours: two of an operator's addresses fail together, mostly. */
    private static final int MOST_ADDRESSES = 2;

    private static final long NEVER = Long.MAX_VALUE;

    private final Clock clock;
    private final Names names;
    private final Consumer<List<Endpoint>> listener;
    private final Alarm alarm;
    private final List<Server> servers = new ArrayList<>();
    private Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
    private List<Endpoint> told = List.of();

    /**
     * @param configured in the order in which they are preferred
     * @param listener is told all addresses whenever they are others
     */
    StunServers(
            EventLoop loop, Clock clock, List<StunServer> configured, Names names, Consumer<List<Endpoint>> listener) {
        this.clock = clock;
        this.names = names;
        this.listener = listener;
        alarm = new Alarm(loop, clock, this::run);
        configured.stream().distinct().forEach(server -> servers.add(new Server(server, servers.size())));
    }

    /** Uplinks of these families can be asked over now. */
    void onFamilies(Set<IpFamily> usable) {
        boolean more = !families.containsAll(usable);
        families = usable.isEmpty() ? EnumSet.noneOf(IpFamily.class) : EnumSet.copyOf(usable);
        tell();
        if (more) {
            hurry();
        }
    }

    /** The network changed: perhaps what could not be found can be now. */
    void hurry() {
        long now = clock.monotonicNanos();
        for (Server server : servers) {
            if (server.misses(families) && server.open == 0) {
                server.dueAt = Math.min(server.dueAt, Math.max(now, server.askedAt + HURRY_SPACING));
            }
        }
        arm();
    }

    /** All addresses that are known: the first of each server, then the second ones. */
    List<Endpoint> addresses() {
        return told;
    }

    /** Names without any address so far. */
    List<String> unresolved() {
        return servers.stream()
                .filter(server -> server.found.isEmpty())
                .map(server -> server.configured.host())
                .toList();
    }

    private void run() {
        long now = clock.monotonicNanos();
        for (Server server : servers) {
            if (server.dueAt <= now) {
                server.ask(now);
            }
        }
        arm();
    }

    private void arm() {
        long next = servers.stream().mapToLong(server -> server.dueAt).min().orElse(NEVER);
        if (next == NEVER || families.isEmpty()) {
            alarm.cancel();
        } else {
            alarm.setAt(next);
        }
    }

    private void tell() {
        var all = new LinkedHashSet<Endpoint>();
        for (int rank = 0; rank < MOST_ADDRESSES; rank++) {
            for (Server server : servers) {
                for (List<IpAddress> found : server.found.values()) {
                    if (rank < found.size()) {
                        all.add(new Endpoint(found.get(rank), server.configured.port()));
                    }
                }
            }
        }
        var now = List.copyOf(all);
        if (!now.equals(told)) {
            told = now;
            listener.accept(now);
        }
    }

    @Override
    public void close() {
        alarm.close();
    }

    private final class Server {

        private final StunServer configured;
        // Its place in the list: by that the hourly questions are spread.
        private final int place;
        private final boolean literal;
        private final Map<IpFamily, List<IpAddress>> found = new EnumMap<>(IpFamily.class);
        private long dueAt;
        private long askedAt;
        private int open;
        private boolean answered;
        private int failures;

        Server(StunServer configured, int place) {
            this.configured = configured;
            this.place = place;
            askedAt = clock.monotonicNanos() - HURRY_SPACING;
            var address = literal(configured.host());
            literal = !address.isEmpty();
            address.forEach(one -> found.put(one.family(), address));
            dueAt = literal ? NEVER : askedAt;
        }

        private static List<IpAddress> literal(String host) {
            try {
                return List.of(IpAddress.parse(host));
            } catch (IllegalArgumentException e) {
                // A name: it is asked for.
                return List.of();
            }
        }

        boolean misses(Set<IpFamily> wanted) {
            return !literal && !found.keySet().containsAll(wanted);
        }

        void ask(long now) {
            dueAt = NEVER;
            askedAt = now;
            answered = false;
            var asked = List.copyOf(families);
            open = asked.size();
            asked.forEach(family -> names.lookup(configured.host(), family, addresses -> onAnswer(family, addresses)));
        }

        private void onAnswer(IpFamily family, List<IpAddress> addresses) {
            open--;
            if (!addresses.isEmpty()) {
                answered = true;
                found.put(family, addresses.stream().limit(MOST_ADDRESSES).toList());
                tell();
            }
            if (open == 0) {
                // A name without IPv6 is no failure: the next refresh is soon enough.
                failures = answered ? 0 : Math.min(failures + 1, 20);
                long pause = answered
                        ? REFRESH + place * SPREAD
                        : Math.min(RETRY_MOST, RETRY_FIRST << Math.min(failures - 1, 10));
                dueAt = clock.monotonicNanos() + pause;
                arm();
            }
        }
    }
}
