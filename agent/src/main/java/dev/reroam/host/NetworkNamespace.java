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

    /**
     * linux/nsfs.h NET_NS_INIT_INO: the number of the namespace that the kernel booted with, since Linux 6.18. Before, it
     * had one of those that are given out, which begin above this.
     */
    private static final long INITIAL = 0xeffffff9L;

    /** Whether it is the one that the box itself uses. */
    public enum Whose {
        /** The namespace of process 1. */
        HOST,
        /** Another one: a container's, a lab's. */
        OTHER,
        /** Process 1 is not ours to look at (no CAP_SYS_PTRACE, or its folder is hidden), and nothing else tells. */
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
        try {
            return new NetworkNamespace(own, inode(proc.resolve("1/ns/net")) == own ? Whose.HOST : Whose.OTHER);
        } catch (IOException e) {
            // EACCES, or ENOENT under hidepid: both mean that this process may not look.
            return new NetworkNamespace(own, own == INITIAL ? Whose.HOST : Whose.UNKNOWN);
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
