package dev.reroam.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The network namespace of this process. Immutable.
 *
 * @param inode the kernel's number, unique among the namespaces that exist; 0 where the kernel has no namespaces
 */
public record NetworkNamespace(long inode, Whose whose) {

    /** Whether it is the one that the box itself uses. */
    public enum Whose {
        /** The namespace of process 1. */
        HOST,
        /** Another one: a container's, a lab's. */
        OTHER,
        /** Process 1 is hidden from us. */
        UNKNOWN
    }

    /** Reads the links in {@code /proc}. */
    public static NetworkNamespace current() throws IOException {
        return current(Path.of("/proc"));
    }

    static NetworkNamespace current(Path proc) throws IOException {
        long own;
        try {
            own = inode(proc.resolve("self/ns/net"));
        } catch (NoSuchFileException e) {
            // A kernel without CONFIG_NET_NS has no such link, and one namespace.
            return new NetworkNamespace(0, Whose.HOST);
        }
        return new NetworkNamespace(own, whose(proc, own));
    }

    private static Whose whose(Path proc, long own) {
        try {
            return inode(proc.resolve("1/ns/net")) == own ? Whose.HOST : Whose.OTHER;
        } catch (IOException e) {
            // EACCES where process 1 has a capability that we lack: the table of its interfaces can still be looked at.
        }
        try {
            // fs/proc/proc_net.c: each namespace has its own entries, and each entry its own inode number.
            Object first = Files.getAttribute(proc.resolve("1/net/dev"), "unix:ino");
            return first.equals(Files.getAttribute(proc.resolve("self/net/dev"), "unix:ino"))
                    ? Whose.HOST
                    : Whose.OTHER;
        } catch (IOException e) {
            // Under hidepid there is no process 1 for us.
            return Whose.UNKNOWN;
        }
    }

    /** proc_ns(7): the link reads {@code net:[4026531840]}. */
    private static long inode(Path link) throws IOException {
        String text = Files.readSymbolicLink(link).toString();
        if (!text.matches("net:\\[\\d{1,18}]")) {
            throw new IOException(link + ": expected 'net:[NUMBER]', found '" + text + "'");
        }
        return Long.parseLong(text.substring(5, text.length() - 1));
    }
}
