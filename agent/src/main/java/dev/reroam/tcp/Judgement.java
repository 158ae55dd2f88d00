package dev.reroam.tcp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.route.RouteAnswer;
import dev.reroam.linux.route.RouteType;
import dev.reroam.linux.sockdiag.TcpConnection;
import dev.reroam.linux.sockdiag.TcpHealth;
import dev.reroam.linux.sockdiag.TcpState;
import java.util.Optional;
import java.util.Set;

/**
 * Does this connection hang on that? Pure. On an uplink:
 *
 * <pre>
 * local address     in use here   heard since   verdict
 * of the uplink     no            -             ADDRESS_GONE
 * of the uplink     yes           no            UPLINK_GONE, but not to a neighbour on its link
 * another one       -             no            UNANSWERED where it leads into the uplink and backs off
 * any               yes           yes, unknown  none
 * ourselves         -             -             none
 * </pre>
 */
final class Judgement {

    /** Ours: one loss is nothing; three packets in a row without an answer are. */
    static final int HANGING_BACKOFF = 2;

    private Judgement() {}

    /**
     * @param ours all addresses of this machine
     * @param way where the kernel would send a fresh packet of this connection now
     * @return empty where it is left alone
     */
    static Optional<Reason> of(TcpConnection connection, Trouble trouble, Set<IpAddress> ours, RouteAnswer way) {
        return switch (trouble) {
            case GoneUplink gone -> of(connection, gone, ours, way);
            case SilentServer server ->
                isSilent(connection, server) ? Optional.of(Reason.SERVER_SILENT) : Optional.empty();
        };
    }

    /** One that is being made has an age, too: that of the machine. */
    private static boolean isSilent(TcpConnection connection, SilentServer server) {
        return connection.state() == TcpState.ESTABLISHED
                && server.addresses().contains(connection.remote().address())
                && connection
                        .health()
                        .filter(health -> health.lastDataReceivedMillis() >= server.silentMillis())
                        .isPresent();
    }

    private static Optional<Reason> of(
            TcpConnection connection, GoneUplink gone, Set<IpAddress> ours, RouteAnswer way) {
        IpAddress local = connection.local().address();
        if (local.family() != gone.uplink().family() || isToOurselves(connection, ours, way)) {
            return Optional.empty();
        }
        boolean ofTheUplink = gone.hasAddress(local);
        if (ofTheUplink && !ours.contains(local)) {
            return Optional.of(Reason.ADDRESS_GONE);
        }
        if (hasHeardSince(connection, gone) || isToNeighbour(gone, way)) {
            return Optional.empty();
        }
        if (ofTheUplink) {
            return Optional.of(Reason.UPLINK_GONE);
        }
        return leadsInto(connection, gone, way) && isHanging(connection)
                ? Optional.of(Reason.UNANSWERED)
                : Optional.empty();
    }

    private static boolean isToOurselves(TcpConnection connection, Set<IpAddress> ours, RouteAnswer way) {
        IpAddress local = connection.local().address();
        IpAddress remote = connection.remote().address();
        return local.isLoopback()
                || local.isAny()
                || remote.isLoopback()
                || remote.isAny()
                || ours.contains(remote)
                || (way instanceof RouteAnswer.Reachable reachable
                        && reachable.type().equals(RouteType.LOCAL));
    }

    private static boolean hasHeardSince(TcpConnection connection, GoneUplink gone) {
        return gone.silentMillis().isEmpty()
                || connection
                        .health()
                        .filter(h -> h.silentMillis() < gone.silentMillis().getAsLong())
                        .isPresent();
    }

    /** A host of the uplink's own network, such as the modem's page, is reached whatever is behind the gateway. */
    private static boolean isToNeighbour(GoneUplink gone, RouteAnswer way) {
        return gone.uplink().gateway().isPresent()
                && way instanceof RouteAnswer.Reachable reachable
                && reachable.link() == gone.uplink().interfaceIndex()
                && reachable.gateway().isEmpty();
    }

    private static boolean leadsInto(TcpConnection connection, GoneUplink gone, RouteAnswer way) {
        int link = gone.uplink().interfaceIndex();
        return connection.link().orElse(0) == link
                || (way instanceof RouteAnswer.Reachable reachable
                        && reachable.link() == link
                        && reachable.gateway().equals(gone.uplink().gateway()));
    }

    /**
     * Not by the unacknowledged segments: what our own kernel refuses to send (no route, a firewall) never counts as sent.
     * Nor by the back-off alone: a SYN is sent again four times before its timeout grows (net.ipv4.tcp_syn_linear_timeouts).
     */
    private static boolean isHanging(TcpConnection connection) {
        return connection.sendQueue() > 0
                && connection.health().map(Judgement::doublings).orElse(0) >= HANGING_BACKOFF;
    }

    private static int doublings(TcpHealth health) {
        return Math.max(health.backoff(), health.retransmits());
    }
}
