package dev.reroam.tcp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Who holds which socket: {@code /proc/PID/fd} and the folders of the control groups. Slow lane only, and only in an
 * incident; what is hidden from us or vanishes meanwhile is not found.
 */
public final class Holders {

    // Ours: above what a NAS with thousands of open files has; reading so many links takes about a second.
    private static final int MOST_LINKS = 200_000;
    private static final int MOST_GROUPS = 5_000;
    private static final int DEEPEST_GROUP = 6;
    private static final String SOCKET = "socket:[";

    private final Path proc;
    private final Path groups;

    /**
     * @param proc where procfs is mounted
     * @param groups where the control groups are mounted; it need not exist
     */
    public Holders(Path proc, Path groups) {
        this.proc = proc;
        this.groups = groups;
    }

    /** Where Linux has them. */
    public static Holders ofThisMachine() {
        return new Holders(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
    }

    /** What the named programs hold now. */
    Holdings read(Programs programs) {
        var sockets = new HashMap<Long, String>();
        int[] left = {MOST_LINKS};
        for (Path process : processes()) {
            name(process, programs)
                    .ifPresent(name -> sockets(process, left, inode -> sockets.putIfAbsent(inode, name)));
        }
        return new Holdings(programs, sockets, groups(programs));
    }

    /** Those of these sockets that some other program holds. */
    Set<Long> heldByOthers(Set<Long> inodes, Programs programs) {
        var found = new HashSet<Long>();
        int[] left = {MOST_LINKS};
        for (Path process : processes()) {
            if (name(process, programs).isEmpty()) {
                sockets(process, left, inode -> {
                    if (inodes.contains(inode)) {
                        found.add(inode);
                    }
                });
            }
        }
        return found;
    }

    private List<Path> processes() {
        return entries(proc).stream()
                .filter(path -> path.getFileName().toString().chars().allMatch(Character::isDigit))
                .toList();
    }

    private static Optional<String> name(Path process, Programs programs) {
        String command;
        try {
            command = Files.readString(process.resolve("comm"), StandardCharsets.ISO_8859_1)
                    .strip();
        } catch (IOException e) {
            // Why it is safe: the process is gone, and its sockets with it.
            return Optional.empty();
        }
        return programs.named(command, link(process.resolve("exe")));
    }

    private static void sockets(Path process, int[] left, LongConsumer then) {
        for (Path descriptor : entries(process.resolve("fd"))) {
            if (left[0]-- <= 0) {
                return;
            }
            String target = link(descriptor);
            if (target.startsWith(SOCKET) && target.endsWith("]")) {
                then.accept(Long.parseLong(target, SOCKET.length(), target.length() - 1, 10));
            }
        }
    }

    private Map<Long, String> groups(Programs programs) {
        var found = new HashMap<Long, String>();
        groups(groups, Optional.empty(), programs, found, new int[] {MOST_GROUPS}, DEEPEST_GROUP);
        return found;
    }

    /** A group below one that is made for a program is the program's, too. */
    private static void groups(
            Path folder, Optional<String> above, Programs programs, Map<Long, String> found, int[] left, int depth) {
        for (Path group : entries(folder)) {
            if (left[0] <= 0 || !Files.isDirectory(group, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            left[0]--;
            var program = above.or(() -> programs.grouped(group.getFileName().toString()));
            program.ifPresent(name -> inode(group).ifPresent(id -> found.put(id, name)));
            if (depth > 1) {
                groups(group, program, programs, found, left, depth - 1);
            }
        }
    }

    private static Optional<Long> inode(Path folder) {
        try {
            return Optional.of((Long) Files.getAttribute(folder, "unix:ino"));
        } catch (IOException e) {
            // Why it is safe: the group is gone.
            return Optional.empty();
        }
    }

    private static List<Path> entries(Path folder) {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        } catch (IOException | DirectoryIteratorException e) {
            // Why it is safe: what is gone or hidden holds nothing that we may end; what was read so far counts.
            return found;
        }
        return found;
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            // Why it is safe: as above.
            return "";
        }
    }
}
