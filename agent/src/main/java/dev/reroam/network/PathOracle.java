package dev.reroam.network;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.linux.route.RouteAnswer;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.recovery.HostRoute;
import dev.reroam.recovery.Path;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Asks the kernel which way a packet would go. Confined to the agent's loop.
 *
 * <p>One question is one system call pair on a socket kept open, some ten microseconds whatever the size of the tables.
 */
final class PathOracle {

    private final RouteSocket kernel;
    private final IntFunction<String> interfaceName;

    /**
     * @param interfaceName the name of an interface by its index
     */
    PathOracle(RouteSocket kernel, IntFunction<String> interfaceName) {
        this.kernel = kernel;
        this.interfaceName = interfaceName;
    }

    /**
     * What a fresh packet would do now.
     *
     * @throws NetlinkException when the kernel refused the question itself, which says nothing of the packet
     */
    Path ask(PathQuestion question) throws NetlinkException, MalformedMessageException {
        return switch (kernel.path(question)) {
            case RouteAnswer.Reachable way ->
                new Path.Via(
                        way.link(),
                        interfaceName.apply(way.link()),
                        way.gateway(),
                        way.source().orElse(any(question.destination().family())));
            case RouteAnswer.Refused refused -> new Path.None(refused.errno().symbol());
        };
    }

    /**
     * The host route that a fresh packet would take now; empty where it takes another one, or none.
     *
     * @throws NetlinkException when the kernel refused the question itself
     */
    Optional<HostRoute> hostRoute(PathQuestion question) throws NetlinkException, MalformedMessageException {
        return kernel.match(question)
                .filter(HostRoutes::pins)
                .map(route -> HostRoutes.of(route, interfaceName.apply(HostRoutes.link(route))));
    }

    private static IpAddress any(IpFamily family) {
        return family == IpFamily.V4 ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
    }
}
