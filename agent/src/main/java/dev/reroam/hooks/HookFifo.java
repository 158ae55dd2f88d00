package dev.reroam.hooks;

import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.tinylog.Logger;

/**
 * The FIFO that hooks write lines into. Confined to the agent's loop.
 *
 * <p>It is held open for reading and writing, so a writer finds a reader at once and we never see an end of file. Only its
 * owner, who runs the agent, and root may write. What is no event is dropped and counted.
 */
public final class HookFifo implements AutoCloseable {

    private static final int OWNER_ONLY = 0600;
    // linux/stat.h
    private static final int S_IFMT = 0170000;
    private static final int S_IFIFO = 0010000;
    private static final int WRITABLE_BY_OTHERS = 0022;
    // A page, and at most some hundred lines a turn: a flood does not keep the loop.
    private static final int READ_BYTES = 4096;

    private final Path path;
    private final Descriptor fifo;
    private final Consumer<HookEvent> listener;
    private final LineSplitter splitter = new LineSplitter(this::onLine);
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private long unknown;
    private boolean closed;

    private HookFifo(Path path, Descriptor fifo, Consumer<HookEvent> listener) {
        this.path = path;
        this.fifo = fifo;
        this.listener = listener;
    }

    /** Something else is where the FIFO should be; it is left as it is. */
    public static final class ForeignFileException extends IOException {
        private static final long serialVersionUID = 1;

        ForeignFileException(Path path, String why) {
            super(path + " " + why + ": remove it, so that hooks can be heard");
        }
    }

    /**
     * Makes the FIFO, or takes over the one that a crashed agent has left.
     *
     * @param path in a folder that only root can write to
     * @param listener is called on the loop
     * @throws ForeignFileException where there is a file that is no FIFO of ours
     */
    public static HookFifo open(Path path, DescriptorLoop loop, Consumer<HookEvent> listener) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        int made = Libc.mkfifo(path.toString(), OWNER_ONLY);
        if (made != -Errno.EEXIST.number()) {
            Libc.check("make " + path, made);
        }
        // Before it is opened: opening a device may do something.
        refuseForeign(path, path, LinkOption.NOFOLLOW_LINKS);
        var fifo = Descriptor.own(
                path.toString(), Libc.open(path.toString(), Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0));
        var opened = new HookFifo(path, fifo, listener);
        boolean ours = false;
        try {
            // And after: it is the one that was looked at.
            refuseForeign(path, Path.of("/proc/self/fd", Integer.toString(fifo.fd())));
            fifo.onReadable(loop, opened::onReadable);
            ours = true;
        } finally {
            if (!ours) {
                fifo.close();
            }
        }
        return opened;
    }

    private static void refuseForeign(Path path, Path looked, LinkOption... options) throws IOException {
        int mode = (Integer) Files.getAttribute(looked, "unix:mode", options);
        int owner = (Integer) Files.getAttribute(looked, "unix:uid", options);
        if ((mode & S_IFMT) != S_IFIFO) {
            throw new ForeignFileException(path, "is no FIFO");
        }
        if (owner != self()) {
            throw new ForeignFileException(path, "belongs to user " + Integer.toUnsignedString(owner));
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw new ForeignFileException(path, "can be written by others");
        }
    }

    /** Who we are; not who owns /proc/self, which is root's where the process has more rights than its user. */
    private static int self() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("Uid:")) {
                // Documentation/filesystems/proc.rst: real, effective, saved, file system.
                return Integer.parseUnsignedInt(line.split("\\s+", 4)[2]);
            }
        }
        throw new IOException("/proc/self/status tells no user");
    }

    /** Lines so far that were too long or no event. */
    public long dropped() {
        return splitter.dropped() + unknown;
    }

    private void onReadable() {
        int read = Libc.read(fifo.fd(), buffer.clear());
        if (read > 0) {
            splitter.accept(buffer.limit(read));
        } else if (read != -Errno.EAGAIN.number()) {
            // A FIFO that we hold for writing has no end, and its reading does not fail.
            Logger.error("reading {} failed: {}; hooks are not heard any more", path, new Errno(-read));
            fifo.close();
        }
    }

    private void onLine(String line) {
        var event = HookLine.parse(line);
        if (event.isPresent()) {
            listener.accept(event.get());
        } else {
            unknown++;
            Logger.debug(
                    "a hook wrote what is no event: {}",
                    new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.US_ASCII)
                            .replaceAll("\\p{Cntrl}", "?"));
        }
    }

    /** Removes the FIFO, on which a hook would wait for ever when nobody reads it; idempotent. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            fifo.close();
            Files.deleteIfExists(path);
        }
    }
}
