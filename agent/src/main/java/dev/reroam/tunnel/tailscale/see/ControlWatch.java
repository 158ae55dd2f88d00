package dev.reroam.tunnel.tailscale.see;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How long tailscaled's control server has not been heard. It says something at least once a minute, and tailscaled itself gives a
 * request up after two (control/controlclient/direct.go), but not the connection that the next request takes as well. Confined to
 * the agent's loop.
 */
public final class ControlWatch implements AutoCloseable {

    private static final long USUAL = TimeUnit.SECONDS.toNanos(60);
    /** Ours: once ended, it is dialled anew within a second or two. */
    private static final long CLOSE = TimeUnit.SECONDS.toNanos(2);
    /** Ours: a server that moves keeps its old addresses for a while. */
    private static final long NAMES_AGAIN = TimeUnit.MINUTES.toNanos(10);
    /** Ours: what it had before counts, too, as long as there are so few. */
    private static final int MOST_ADDRESSES = 64;

    /** What it is found out by. */
    public interface Means {
        /** Tells all addresses of a name; none where nobody knows. */
        void resolve(String host, Consumer<List<IpAddress>> then);

        /** Tells how many milliseconds ago one of these sent data to anybody here; nothing where there is no connection. */
        void silence(Set<IpAddress> servers, Consumer<OptionalLong> then);

        /** Tells whether a connection of tailscaled's with one of these has had no data for so long. */
        void isOurs(Set<IpAddress> servers, long millis, Consumer<Boolean> then);
    }

    /** Is told of silence, again and again while it lasts, and once of its end. */
    public interface Listener {
        /**
         * On the loop.
         *
         * @param servers all addresses that it is known to have, in order
         * @param nanos since data came last
         */
        void onSilence(List<IpAddress> servers, long nanos);
    }

    private final Clock clock;
    private final Means means;
    private final long limit;
    private final Listener told;
    private final Alarm next;
    private Optional<String> host = Optional.empty();
    private final Set<IpAddress> servers = new LinkedHashSet<>();
    private long resolvedAt;
    private boolean silent;
    private long wait = CLOSE;

    /**
     * @param limit from when on it is silence, nanoseconds
     */
    public ControlWatch(EventLoop loop, Clock clock, Means means, long limit, Listener told) {
        this.clock = clock;
        this.means = means;
        this.limit = limit;
        this.told = told;
        this.next = new Alarm(loop, clock, this::look);
    }

    /** Its name or address; nothing where there is nobody to watch. */
    public void follow(Optional<String> server) {
        if (server.equals(host)) {
            return;
        }
        host = server;
        servers.clear();
        silent = false;
        next.cancel();
        server.ifPresent(name -> resolve(name, () -> next.setWithin(USUAL)));
    }

    /** Something says that it is worth looking now. */
    public void lookSoon() {
        if (host.isPresent()) {
            wait = CLOSE;
            next.setAt(clock.monotonicNanos() + CLOSE);
        }
    }

    private void resolve(String name, Runnable then) {
        means.resolve(name, addresses -> {
            if (!host.equals(Optional.of(name))) {
                return;
            }
            // Whatever came of it: those that are known serve until then.
            resolvedAt = clock.monotonicNanos();
            if (!addresses.isEmpty()) {
                if (servers.size() + addresses.size() > MOST_ADDRESSES) {
                    servers.clear();
                }
                servers.addAll(addresses);
            }
            then.run();
        });
    }

    private void look() {
        String name = host.orElse("");
        if (name.isEmpty()) {
            return;
        }
        if (servers.isEmpty() || clock.monotonicNanos() - resolvedAt >= NAMES_AGAIN) {
            resolve(name, () -> look(name));
        } else {
            look(name);
        }
    }

    private void look(String name) {
        if (servers.isEmpty()) {
            next.setWithin(USUAL);
            return;
        }
        means.silence(Set.copyOf(servers), age -> {
            if (host.equals(Optional.of(name))) {
                take(age);
            }
        });
    }

    private void take(OptionalLong age) {
        if (age.isPresent() && TimeUnit.MILLISECONDS.toNanos(age.getAsLong()) >= limit) {
            var asked = Set.copyOf(servers);
            means.isOurs(asked, TimeUnit.NANOSECONDS.toMillis(limit), ours -> {
                if (ours && asked.equals(servers)) {
                    silent = true;
                    tell(age);
                }
            });
            // Ended, it is dialled anew soon; where it cannot be, there is no hurry.
            next.setWithin(wait);
            wait = Math.min(2 * wait, USUAL);
            return;
        }
        if (age.isPresent() && silent) {
            silent = false;
            tell(age);
        }
        if (silent) {
            // It has no connection; where the world is gone that may last.
            next.setWithin(wait);
            wait = Math.min(2 * wait, USUAL);
            return;
        }
        wait = CLOSE;
        next.setWithin(Math.min(limit - TimeUnit.MILLISECONDS.toNanos(age.orElse(0)), USUAL));
    }

    private void tell(OptionalLong age) {
        told.onSilence(servers.stream().sorted().toList(), TimeUnit.MILLISECONDS.toNanos(age.orElse(0)));
    }

    @Override
    public void close() {
        next.close();
        host = Optional.empty();
    }
}
