package dev.reroam.host;

import dev.reroam.host.NetworkNamespace.Whose;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files of the agent of one network namespace. Immutable.
 *
 * <p>The host's are directly in {@code /run/reroam} and {@code /var/lib/reroam}, another namespace's below them in
 * {@code net-INODE}; so are those of an agent that cannot tell which it is in, for there it can disturb nobody.
 *
 * @param socket the control socket
 * @param state folder of what must survive the agent: ledger, incidents
 * @param lock held while an agent of this namespace runs; moved by no option, so that no option gets around it
 */
public record Places(NetworkNamespace namespace, Path socket, Path state, Path lock) {

    private static final Path RUN = Path.of("/run/reroam");
    private static final Path STATE = Path.of("/var/lib/reroam");
    private static final String SOCKET = "reroam.sock";

    /**
     * The places of an agent in {@code namespace}.
     *
     * @param socket elsewhere than usual
     * @param state elsewhere than usual
     */
    public static Places of(NetworkNamespace namespace, Optional<Path> socket, Optional<Path> state) {
        return of(namespace, socket, state, RUN, STATE);
    }

    static Places of(NetworkNamespace namespace, Optional<Path> socket, Optional<Path> state, Path run, Path states) {
        boolean host = namespace.whose() == Whose.HOST;
        return new Places(
                namespace,
                socket.orElse((host ? run : below(run, namespace)).resolve(SOCKET)),
                state.orElse(host ? states : below(states, namespace)),
                run.resolve("net-" + namespace.inode() + ".lock"));
    }

    /** The FIFO for hooks of other programs; empty where the socket is elsewhere than usual. */
    public Optional<Path> hooks() {
        return Optional.of(socket).filter(sockets(namespace)::contains).map(usual -> usual.resolveSibling("events"));
    }

    /** The file in which the guardian of what is steered sees that the agent of this namespace lives. */
    public Path heart() {
        return lock.resolveSibling("net-" + namespace.inode() + ".heart");
    }

    /** Where a client looks for the control socket, in this order. */
    public static List<Path> sockets(NetworkNamespace namespace) {
        return sockets(namespace, RUN);
    }

    static List<Path> sockets(NetworkNamespace namespace, Path run) {
        Path host = run.resolve(SOCKET);
        // The agent of the host's namespace uses this one too, when it could not tell where it was.
        Path own = below(run, namespace).resolve(SOCKET);
        return switch (namespace.whose()) {
            case HOST -> List.of(host, own);
            case OTHER -> List.of(own);
            case UNKNOWN -> List.of(own, host);
        };
    }

    /** What is uncertain about these places, for people; empty when nothing is. */
    public Optional<String> doubt() {
        return namespace.whose() == Whose.UNKNOWN
                ? Optional.of("process 1 is hidden, so this may or may not be the host's network namespace")
                : Optional.empty();
    }

    /** Removes the folder that the socket had for itself, where it did and nothing else is in it. */
    public void tidy() throws IOException {
        Path folder = lock.resolveSibling("net-" + namespace.inode());
        if (folder.equals(socket.getParent())) {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                // Somebody else's file is in it: then it is theirs to remove.
            }
        }
    }

    private static Path below(Path folder, NetworkNamespace namespace) {
        return folder.resolve("net-" + namespace.inode());
    }
}
