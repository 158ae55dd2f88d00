package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** How many announcements the kernel could not hand to a process: its netlink sockets' drops. Stateless. */
final class NetlinkDrops {

    private static final int DROPS = 8;
    private static final int INODE = 9;

    private NetlinkDrops() {}

    /** Of all netlink sockets that the process has open in that namespace. */
    static long of(Namespace namespace, long process) {
        var sockets = new HashSet<String>();
        try (var open = Files.newDirectoryStream(Path.of("/proc", Long.toString(process), "fd"))) {
            for (var descriptor : open) {
                var target = Files.readSymbolicLink(descriptor).toString();
                if (target.startsWith("socket:[")) {
                    sockets.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return parse(namespace.run("cat", "/proc/net/netlink"), sockets);
    }

    // sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
    static long parse(String table, Set<String> inodes) {
        var own = table.lines()
                .skip(1)
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> inodes.contains(words[INODE]))
                .toList();
        if (own.isEmpty()) {
            throw new IllegalStateException("the process has no netlink socket");
        }
        return own.stream().mapToLong(words -> Long.parseLong(words[DROPS])).sum();
    }
}
