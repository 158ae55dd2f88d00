package dev.reroam.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A file whose changes survive a power cut once the call is back. Readable by its owner alone. Every call blocks: not for
 * the loop. One writer at a time; nothing is held open between calls.
 */
public final class DurableFile {

    private final Path path;
    private final Path directory;
    private final Path draft;

    /** The file at {@code path}, which need not exist; its directory is made with the first {@link #replace}. */
    public DurableFile(Path path) {
        this.path = path.toAbsolutePath();
        this.directory = Optional.ofNullable(this.path.getParent()).orElseThrow();
        this.draft = directory.resolve("." + this.path.getFileName() + ".new");
    }

    /** Where it is, absolute. */
    public Path path() {
        return path;
    }

    /**
     * All that is in it; empty when there is no such file.
     *
     * @throws IOException also when it holds more than {@code limit} bytes
     */
    public Optional<byte[]> read(int limit) throws IOException {
        try (var in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(limit);
            if (bytes.length == limit && in.read() >= 0) {
                throw new IOException(path + ": more than " + limit + " bytes");
            }
            return Optional.of(bytes);
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /**
     * Adds to the end. After a failure any part of the bytes may be there, or nothing: then only {@link #replace} helps.
     *
     * @param length what the file must hold so far, in bytes; anything else means that somebody else wrote
     */
    public void append(byte[] bytes, long length) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            if (channel.size() != length) {
                throw new IOException(path + ": holds " + channel.size() + " bytes, not the " + length + " written");
            }
            channel.position(length);
            write(channel, bytes);
        }
    }

    /** Puts {@code bytes} in place of what is there, whole or not at all. */
    public void replace(byte[] bytes) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // A crash may have left a draft with other permissions than ours, or a link.
        Files.deleteIfExists(draft);
        Set<OpenOption> options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel = FileChannel.open(draft, options, ownerOnly)) {
            write(channel, bytes);
        }
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // The new name is in the directory, and survives only once that is on the disk too.
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void write(FileChannel channel, byte[] bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(false);
    }
}
