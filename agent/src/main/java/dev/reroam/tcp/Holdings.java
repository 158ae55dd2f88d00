package dev.reroam.tcp;

import dev.reroam.linux.sockdiag.TcpConnection;
import java.util.Map;
import java.util.Optional;

/**
 * By what a connection of the named programs is known. Immutable.
 *
 * @param sockets inode of a socket to the program that holds it
 * @param groups id of a control group to the program that it is made for
 */
record Holdings(Programs programs, Map<Long, String> sockets, Map<Long, String> groups) {

    Holdings {
        sockets = Map.copyOf(sockets);
        groups = Map.copyOf(groups);
    }

    /** The program, by a process that holds the socket: certain. */
    Optional<String> holder(TcpConnection connection) {
        return Optional.ofNullable(sockets.get(connection.inode()));
    }

    /** The program, by what the socket says itself; others that it started may have the same. */
    Optional<String> likely(TcpConnection connection) {
        if (connection.inode() == 0) {
            return Optional.empty();
        }
        Optional<String> marked = connection.mark().isPresent()
                ? programs.marked(connection.mark().getAsInt())
                : Optional.empty();
        return marked.or(() -> connection.cgroup().isPresent()
                ? Optional.ofNullable(groups.get(connection.cgroup().getAsLong()))
                : Optional.empty());
    }
}
