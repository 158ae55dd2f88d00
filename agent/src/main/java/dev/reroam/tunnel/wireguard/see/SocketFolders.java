package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folders where userspace daemons keep their sockets, and word of their changes (inotify). Confined to the agent loop.
 *
 * <p>A folder that does not exist yet is awaited in the nearest one above it that does.
 */
final class SocketFolders implements AutoCloseable {

    private static final String SUFFIX = ".sock";
    private static final int CHANGES =
            Libc.IN_CREATE | Libc.IN_MOVED_TO | Libc.IN_DELETE | Libc.IN_MOVED_FROM | Libc.IN_DELETE_SELF;
    // Ours: a folder where files come faster than this is not ours to follow; the rest is read in the next turn.
    private static final int MAX_READS = 64;

    private final List<Path> folders;
    private final Runnable onChange;
    private final ByteBuffer events = ByteBuffer.allocateDirect(4096);
    private final Map<Path, Integer> watches = new HashMap<>();
    // Null when nothing is followed: before the start, after the close, and where the kernel grants no inotify.
    private @Nullable Descriptor inotify;

    /** @param onChange called on the loop when sockets may have come or gone */
    SocketFolders(List<Path> folders, Runnable onChange) {
        this.folders = List.copyOf(folders);
        this.onChange = onChange;
    }

    /** Starts to follow the folders. */
    void start(DescriptorLoop loop) throws LinuxException {
        var made = Descriptor.own("inotify", Libc.inotifyInit(Libc.IN_CLOEXEC | Libc.IN_NONBLOCK));
        inotify = made;
        follow();
        made.onReadable(loop, this::onReadable);
    }

    /** The socket of a device; empty when there is none. */
    Optional<Path> socket(String device) {
        if (device.contains("/")) {
            return Optional.empty();
        }
        try {
            return folders.stream()
                    .map(folder -> folder.resolve(device + SUFFIX))
                    .filter(Files::exists)
                    .findFirst();
        } catch (InvalidPathException e) {
            // An interface may have any bytes for a name, and the locale of a system's service is often plain ASCII.
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        if (inotify != null) {
            inotify.close();
            inotify = null;
        }
        watches.clear();
    }

    private void onReadable() {
        var open = inotify;
        for (int i = 0; i < MAX_READS && open != null; i++) {
            // What happened where does not matter: everything is looked at again.
            if (Libc.read(open.fd(), events.clear()) <= 0) {
                break;
            }
        }
        follow();
        onChange.run();
    }

    private void follow() {
        var wanted = new HashMap<Path, Integer>();
        for (var folder : folders) {
            if (!watch(folder, wanted)) {
                var above = folder.getParent();
                while (above != null && !watch(above, wanted)) {
                    above = above.getParent();
                }
                // It may have come between the two.
                watch(folder, wanted);
            }
        }
        var open = inotify;
        if (open != null) {
            watches.values().removeAll(wanted.values());
            watches.values().forEach(watch -> Libc.inotifyRemoveWatch(open.fd(), watch));
        }
        watches.clear();
        watches.putAll(wanted);
    }

    private boolean watch(Path folder, Map<Path, Integer> wanted) {
        var open = inotify;
        if (open == null) {
            return true;
        }
        int watch = Libc.inotifyAddWatch(open.fd(), folder.toString(), CHANGES);
        if (watch >= 0) {
            wanted.put(folder, watch);
        }
        // Anything but absence (no permission, no watches left) is not cured by looking further up.
        return watch != -Errno.ENOENT.number();
    }
}
