package dev.reroam.lookout;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Keeps knowing the mappings of the tunnels' own ports: asks once after each change, and not in between. Confined to the agent's
 * loop.
 *
 * <p>The mapping that matters to a far end is this one; a port of ours beside it may be mapped in another way.
 */
final class TunnelPorts implements AutoCloseable {

    /** Ours: a repair goes first, and one change is many events. */
    static final long AFTER_CHANGE = TimeUnit.MILLISECONDS.toNanos(500);
    /** Ours: nothing waits for it, and what is counted as idle must not be filled by it. */
    static final long SPACING = TimeUnit.SECONDS.toNanos(10);

    static final int MOST_ATTEMPTS = 3;
    /** Ours: devices are a handful; more are a program's own business. */
    private static final int MOST_PORTS = 16;

    private final Clock clock;
    private final PortQuestions questions;
    private final Ways ways;
    private final Supplier<List<Endpoint>> servers;
    private final Alarm alarm;
    private final Map<TunnelPort, Followed> ports = new LinkedHashMap<>();
    private long askedAt;
    private int turn;
    private @Nullable String refused;

    private static final class Followed {
        private @Nullable PortSeen seen;
        private int attempts;
        private boolean due = true;
    }

    TunnelPorts(EventLoop loop, Clock clock, PortQuestions questions, Ways ways, Supplier<List<Endpoint>> servers) {
        this.clock = clock;
        this.questions = questions;
        this.ways = ways;
        this.servers = servers;
        alarm = new Alarm(loop, clock, this::run);
        askedAt = clock.monotonicNanos() - SPACING;
    }

    /** Follows these from now on; new ones are asked from soon. */
    void follow(List<TunnelPort> all) {
        ports.keySet().retainAll(all);
        all.stream().limit(MOST_PORTS).forEach(port -> ports.computeIfAbsent(port, added -> new Followed()));
        askSoon();
    }

    /** Something changed: all are asked from again, soon. */
    void changed() {
        ports.values().forEach(followed -> {
            followed.due = true;
            followed.attempts = 0;
        });
        askSoon();
    }

    /** What was last seen, of each port that is followed. */
    List<PortSeen> seen() {
        var all = new ArrayList<PortSeen>();
        ports.values().forEach(followed -> {
            if (followed.seen != null) {
                all.add(followed.seen);
            }
        });
        return all;
    }

    /** Why nobody can be asked from such ports; empty while nothing speaks against it. */
    Optional<String> refused() {
        return Optional.ofNullable(refused);
    }

    /** Asks from those that nobody was asked from since the last change; servers may have become known. */
    void askSoon() {
        if (ports.values().stream().anyMatch(followed -> followed.due)) {
            long soon = clock.monotonicNanos() + AFTER_CHANGE;
            if (!alarm.isSet()) {
                alarm.setAt(Math.max(soon, askedAt + SPACING));
            }
        }
    }

    private void run() {
        askedAt = clock.monotonicNanos();
        ports.forEach((port, followed) -> {
            if (followed.due) {
                server(port).ifPresent(server -> ask(port, followed, server));
            }
        });
    }

    private void ask(TunnelPort port, Followed followed, Endpoint server) {
        followed.due = false;
        followed.attempts++;
        try {
            questions.ask(port, server, mapped -> {
                if (mapped.isPresent()) {
                    followed.seen = new PortSeen(port, mapped.get(), clock.monotonicNanos());
                } else if (followed.attempts < MOST_ATTEMPTS) {
                    // Perhaps it is the server: another one, a while later.
                    followed.due = true;
                    askSoon();
                }
            });
            refused = null;
        } catch (LinuxException e) {
            if (refused == null) {
                Logger.info("the mapping of {}'s own port cannot be seen: {}", port.device(), e.getMessage());
            }
            refused = String.valueOf(e.getMessage());
        }
    }

    /** One to which the tunnel's packets would take the same way as its own. */
    private Optional<Endpoint> server(TunnelPort port) {
        var usable = servers.get().stream()
                .filter(server -> server.address().family() == port.uplink().family()
                        && ways.lead(port.uplink(), server, port.mark(), port.port()))
                .toList();
        return usable.isEmpty() ? Optional.empty() : Optional.of(usable.get(Math.floorMod(turn++, usable.size())));
    }

    @Override
    public void close() {
        alarm.close();
    }
}
