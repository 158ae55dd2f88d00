package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.linux.route.RouteAnswer;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.route.RouteType;
import dev.reroam.netcheck.Ways;
import dev.reroam.recovery.Path;
import dev.reroam.uplink.Uplink;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.tinylog.Logger;

/** Whether the kernel would send a packet of ours by the uplink that it is meant for. Confined to one thread. */
final class KernelWays implements Ways, AutoCloseable {

    // linux/in.h
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_UDP = 17;

    private final RouteSocket kernel;

    private KernelWays(RouteSocket kernel) {
        this.kernel = kernel;
    }

    static KernelWays open() throws LinuxException {
        return new KernelWays(RouteSocket.open());
    }

    @Override
    public Optional<String> obstacle(Uplink uplink, Endpoint to, boolean tcp) {
        if (uplink.family() != to.address().family()) {
            return Optional.of(to.address() + " is of the other family");
        }
        try {
            return switch (kernel.path(question(uplink, to, tcp))) {
                case RouteAnswer.Refused refused ->
                    Optional.of("no way: " + refused.errno().symbol());
                case RouteAnswer.Reachable way -> obstacle(uplink, way);
            };
        } catch (NetlinkException | MalformedMessageException e) {
            return Optional.of("the kernel does not say which way: " + e.getMessage());
        }
    }

    /** Whether a UDP packet leaves by the uplink's interface, to the gateway's network too. */
    boolean leavesBy(Uplink uplink, Endpoint to) {
        if (uplink.family() != to.address().family() || to.address().isLoopback()) {
            return false;
        }
        try {
            return kernel.path(question(uplink, to, false)) instanceof RouteAnswer.Reachable way
                    && way.type().equals(RouteType.UNICAST)
                    && way.link() == uplink.interfaceIndex();
        } catch (NetlinkException | MalformedMessageException e) {
            Logger.debug("no answer to which way {} would go: {}", to, e.getMessage());
            return false;
        }
    }

    /** Which way a UDP packet with this mark leaves; empty where there is none, or it does not leave. */
    Optional<Path.Via> of(Endpoint to, int mark, IntFunction<String> names) {
        try {
            return kernel.path(PathQuestion.udp(to, mark, 0, 0)) instanceof RouteAnswer.Reachable way
                            && way.type().equals(RouteType.UNICAST)
                    ? way.source().map(from -> new Path.Via(way.link(), names.apply(way.link()), way.gateway(), from))
                    : Optional.empty();
        } catch (NetlinkException | MalformedMessageException e) {
            Logger.debug("no answer to which way {} would go: {}", to, e.getMessage());
            return Optional.empty();
        }
    }

    private static PathQuestion question(Uplink uplink, Endpoint to, boolean tcp) {
        return new PathQuestion(
                to.address(),
                0,
                tcp ? IPPROTO_TCP : IPPROTO_UDP,
                0,
                to.port(),
                0,
                OptionalInt.of(uplink.interfaceIndex()),
                Optional.of(uplink.source()));
    }

    private static Optional<String> obstacle(Uplink uplink, RouteAnswer.Reachable way) {
        if (way.link() != uplink.interfaceIndex()) {
            return Optional.of("goes by another interface, #" + way.link());
        }
        return way.gateway().equals(uplink.gateway())
                ? Optional.empty()
                : Optional.of(way.gateway()
                        .map(gateway -> "goes via " + gateway)
                        .orElse("is on the interface's own network"));
    }

    /** Idempotent. */
    @Override
    public void close() {
        kernel.close();
    }
}
