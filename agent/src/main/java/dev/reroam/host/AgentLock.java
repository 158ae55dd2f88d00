package dev.reroam.host;

import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What keeps an agent the only one in its network namespace: flock(2) on a file with its process id. Any thread.
 *
 * <p>The kernel gives the lock back when the process ends, however it ends; started programs do not inherit it.
 */
public final class AgentLock implements AutoCloseable {

    /** Each time, another agent ended between our open and our lock; that often it does not happen by chance. */
    private static final int TRIES = 20;

    private static final int OWNER_ONLY = 0600;

    private final Path file;
    private final int fd;
    private boolean closed;

    private AgentLock(Path file, int fd) {
        this.file = file;
        this.fd = fd;
    }

    /** How taking the lock went. */
    public sealed interface Attempt {
        /** It is ours until it is closed. */
        record Held(AgentLock lock) implements Attempt {}

        /**
         * Another agent has it.
         *
         * @param pid empty when that agent has only just started
         */
        record Taken(OptionalLong pid) implements Attempt {}
    }

    /**
     * Takes the lock, without waiting for it.
     *
     * @throws IOException when the file cannot be made: a {@code LinuxException} or what {@code Files} says
     */
    public static Attempt acquire(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        for (int i = 0; i < TRIES; i++) {
            Optional<Attempt> attempt = attempt(file);
            if (attempt.isPresent()) {
                return attempt.get();
            }
        }
        throw new IOException(file + ": agents come and go; no lock in " + TRIES + " tries");
    }

    private static Optional<Attempt> attempt(Path file) throws IOException {
        int fd = Libc.check(
                "open " + file, Libc.open(file.toString(), Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC, OWNER_ONLY));
        var lock = new AgentLock(file, fd);
        boolean ours = false;
        try {
            int result = Libc.flock(fd, Libc.LOCK_EX | Libc.LOCK_NB);
            if (result == -Errno.EAGAIN.number()) {
                return Optional.of(new Attempt.Taken(pid(file)));
            }
            Libc.check("flock " + file, result);
            lock.writePid();
            // Whoever held it before us removed the file: then ours has no name, and the next agent would make a new
            // one.
            ours = pid(file).equals(OptionalLong.of(Libc.pid()));
            return ours ? Optional.of(new Attempt.Held(lock)) : Optional.empty();
        } finally {
            if (!ours) {
                lock.release();
            }
        }
    }

    private void writePid() throws IOException {
        byte[] text = (Libc.pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer data = ByteBuffer.allocateDirect(text.length).put(text).flip();
        Libc.check("truncate " + file, Libc.truncate(fd, 0));
        Libc.check("write " + file, Libc.write(fd, data));
    }

    private static OptionalLong pid(Path file) throws IOException {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            return text.matches("\\d{1,10}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }

    /** Removes the file and gives the lock back; idempotent. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            // Before the lock is gone: afterwards the file may be the next agent's.
            Files.deleteIfExists(file);
            release();
        }
    }

    private void release() {
        if (!closed) {
            closed = true;
            // Nothing was written that close(2) could still lose, and Linux frees the number whatever it answers.
            Libc.close(fd);
        }
    }
}
