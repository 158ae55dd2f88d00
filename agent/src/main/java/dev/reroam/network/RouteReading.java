package dev.reroam.network;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.DumpStream;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One reading of both families' routing tables, a few datagrams a turn so that a full table does not hold up the loop; only
 * what bears is kept. Confined to the agent's loop.
 */
final class RouteReading implements AutoCloseable {

    // Ours: some 1,200 routes or one to two milliseconds a turn.
    private static final int DATAGRAMS_PER_TURN = 4;

    private final RouteSocket socket;
    private final Alarm nextTurn;
    private final Predicate<Route> bears;
    private final Consumer<Set<Route>> onRead;
    private final Consumer<Exception> onRefused;
    private final Set<Route> kept = new HashSet<>();
    private DumpStream stream;
    private IpFamily family = IpFamily.V4;
    private boolean closed;

    /**
     * Begins; {@code onRead} gets what bears when both tables are read, else {@code onRefused} the reason.
     *
     * @param socket for this alone; closed in the end
     */
    static RouteReading begin(
            RouteSocket socket,
            EventLoop loop,
            Clock clock,
            Predicate<Route> bears,
            Consumer<Set<Route>> onRead,
            Consumer<Exception> onRefused)
            throws LinuxException {
        try {
            return new RouteReading(socket, loop, clock, bears, onRead, onRefused);
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    private RouteReading(
            RouteSocket socket,
            EventLoop loop,
            Clock clock,
            Predicate<Route> bears,
            Consumer<Set<Route>> onRead,
            Consumer<Exception> onRefused)
            throws NetlinkException {
        this.socket = socket;
        // Tasks given to the loop run one after the other for up to a second before it looks at its descriptors; what
        // is due runs once a turn.
        this.nextTurn = new Alarm(loop, clock, this::turn);
        this.bears = bears;
        this.onRead = onRead;
        this.onRefused = onRefused;
        this.stream = socket.streamRoutes(family, this::take);
        nextTurn.setWithin(0);
    }

    private void take(Route route) {
        if (bears.test(route)) {
            kept.add(route);
        }
    }

    private void turn() {
        if (closed) {
            return;
        }
        try {
            // An interrupted dump is taken as it is: the announcements of what interrupted it are on their way.
            if (stream.advance(DATAGRAMS_PER_TURN).isEmpty()) {
                nextTurn.setWithin(0);
            } else if (family == IpFamily.V4) {
                family = IpFamily.V6;
                stream = socket.streamRoutes(family, this::take);
                nextTurn.setWithin(0);
            } else {
                close();
                onRead.accept(kept);
            }
        } catch (NetlinkException | MalformedMessageException e) {
            close();
            onRefused.accept(e);
        }
    }

    /** Gives the reading up; idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            nextTurn.close();
            stream.close();
            socket.close();
        }
    }
}
