package dev.reroam.network;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteEvent;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** Reads the routing tables whenever that is wanted, but once a second at most. Confined to the agent's loop. */
final class RouteReadings implements AutoCloseable {

    // Design, idea 1: one full reading a second.
    private static final long SPACING_NANOS = TimeUnit.SECONDS.toNanos(1);
    // Ours: what was refused once is refused again, most often.
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final EventLoop loop;
    private final Clock clock;
    private final Supplier<Predicate<Route>> bearing;
    private final Consumer<MalformedMessageException> unreadable;
    private final BiConsumer<Set<Route>, List<RouteEvent>> onRead;
    private final Alarm next;
    private long last;
    // Null while none is under way.
    private @Nullable RouteReading reading;
    // What was announced while the tables were read: the reading may have passed the place before.
    private final List<RouteEvent> meanwhile = new ArrayList<>();
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final Troubles refused = new Troubles(why -> Logger.warn("routes could not be read: {}", why));
    private boolean closed;

    /**
     * @param bearing which routes are kept, asked as a reading begins
     * @param unreadable gets routes that cannot be read; the others are kept
     * @param onRead gets those that were found, and what was announced while they were looked for, in order
     */
    RouteReadings(
            EventLoop loop,
            Clock clock,
            Supplier<Predicate<Route>> bearing,
            Consumer<MalformedMessageException> unreadable,
            BiConsumer<Set<Route>, List<RouteEvent>> onRead) {
        this.loop = loop;
        this.clock = clock;
        this.bearing = bearing;
        this.unreadable = unreadable;
        this.onRead = onRead;
        this.last = clock.monotonicNanos() - SPACING_NANOS;
        this.next = new Alarm(loop, clock, this::begin);
    }

    /** Begins a reading, at once or a second after the last one began. */
    void readSoon() {
        if (!next.isSet()) {
            next.setAt(last + SPACING_NANOS);
        }
    }

    /** Complete once the tables were read, or the kernel refused that; on the loop. Never, where it is closed before. */
    CompletionStage<Void> first() {
        return first.minimalCompletionStage();
    }

    /** Something was announced. */
    void heard(RouteEvent event) {
        if (reading != null) {
            meanwhile.add(event);
        }
    }

    private void begin() {
        if (closed) {
            return;
        }
        last = clock.monotonicNanos();
        if (reading != null) {
            reading.close();
        }
        meanwhile.clear();
        try {
            reading = RouteReading.begin(
                    RouteSocket.open().leavingOut(unreadable),
                    loop,
                    clock,
                    bearing.get(),
                    this::onRoutes,
                    this::onRefused);
        } catch (LinuxException e) {
            onRefused(e);
        }
    }

    private void onRoutes(Set<Route> routes) {
        reading = null;
        var heard = List.copyOf(meanwhile);
        meanwhile.clear();
        onRead.accept(routes, heard);
        first.complete(null);
    }

    private void onRefused(Exception reason) {
        reading = null;
        meanwhile.clear();
        // The picture of routes is for people; what tunnels do is asked from the oracle, which goes on answering.
        refused.add(String.valueOf(reason.getMessage()));
        first.complete(null);
        if (!closed && !next.isSet()) {
            next.setAt(clock.monotonicNanos() + RETRY_NANOS);
        }
    }

    /** Gives up what is under way; idempotent. */
    @Override
    public void close() {
        closed = true;
        next.close();
        if (reading != null) {
            reading.close();
        }
    }
}
