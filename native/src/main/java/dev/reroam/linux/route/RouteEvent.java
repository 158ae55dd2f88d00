package dev.reroam.linux.route;

import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.MalformedMessageException;

/**
 * What {@link RouteWatch} hears. Matched with record patterns: {@code case Changed(Link link, boolean replaces) -> ...}.
 */
public sealed interface RouteEvent {

    /**
     * It was added, or is different now.
     *
     * @param replaces of a route: it took the place of the one with the same table, destination, type of service and
     *     priority, which is not announced as removed (NLM_F_REPLACE)
     */
    record Changed(RouteObject object, boolean replaces) implements RouteEvent {}

    /** It is gone. IPv4 routes also go without this when their link goes down or their source address goes. */
    record Removed(RouteObject object) implements RouteEvent {}

    /** Announcements were lost: read everything again. */
    record Lost(Errno reason) implements RouteEvent {}

    /** An announcement could not be read: of an object that this program takes no part in, or from a newer kernel. */
    record Unreadable(MalformedMessageException reason) implements RouteEvent {}
}
