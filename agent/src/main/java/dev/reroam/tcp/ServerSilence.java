package dev.reroam.tcp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.netlink.DumpStream;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.sockdiag.DiagSocket;
import dev.reroam.linux.sockdiag.TcpConnection;
import dev.reroam.linux.sockdiag.TcpState;
import io.netty.channel.EventLoop;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.tinylog.Logger;

/**
 * How long a server has not been heard, by the kernel's own clocks, whosever connections they are: what {@link TcpSearch} would
 * read all processes for. Confined to the agent's loop; one look at a time.
 */
public final class ServerSilence implements AutoCloseable {

    private static final Set<TcpState> ESTABLISHED = EnumSet.of(TcpState.ESTABLISHED);

    private final EventLoop loop;
    private final DiagSocket sockets;
    private boolean busy;

    /** @param sockets this one's own, which it closes: while it looks it takes no other request */
    public ServerSilence(EventLoop loop, DiagSocket sockets) {
        this.loop = loop;
        this.sockets = sockets;
    }

    /**
     * Looks once; not while an earlier look lasts.
     *
     * @param then told on the loop how many milliseconds ago data came last, over whichever connection: nothing where none is
     *     there, or the kernel does not say
     */
    public void look(Set<IpAddress> addresses, Consumer<OptionalLong> then) {
        if (!busy) {
            busy = true;
            new Look(addresses, then).dump(IpFamily.V4);
        }
    }

    private final class Look {
        private final Set<IpAddress> addresses;
        private final Consumer<OptionalLong> then;
        private OptionalLong least = OptionalLong.empty();

        Look(Set<IpAddress> addresses, Consumer<OptionalLong> then) {
            this.addresses = addresses;
            this.then = then;
        }

        /** An IPv4 connection may be an IPv6 socket's, so both are read. */
        void dump(IpFamily family) {
            try {
                advance(family, sockets.stream(family, ESTABLISHED, this::take));
            } catch (NetlinkException e) {
                end(e);
            }
        }

        private void advance(IpFamily family, DumpStream stream) {
            try {
                if (stream.advance(1).isEmpty()) {
                    loop.execute(() -> advance(family, stream));
                } else if (family == IpFamily.V4) {
                    dump(IpFamily.V6);
                } else {
                    busy = false;
                    then.accept(least);
                }
            } catch (NetlinkException | MalformedMessageException e) {
                stream.close();
                end(e);
            }
        }

        private void take(TcpConnection connection) {
            if (addresses.contains(connection.remote().address())) {
                connection.health().ifPresent(health -> {
                    long age = health.lastDataReceivedMillis();
                    least = OptionalLong.of(Math.min(age, least.orElse(age)));
                });
            }
        }

        private void end(Exception why) {
            Logger.debug("nobody can say when a server was heard: {}", why.getMessage());
            busy = false;
            then.accept(OptionalLong.empty());
        }
    }

    @Override
    public void close() {
        sockets.close();
    }
}
