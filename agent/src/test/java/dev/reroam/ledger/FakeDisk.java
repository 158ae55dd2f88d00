package dev.reroam.ledger;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A disk in memory that can be full, cut off after any byte, or lie to an fsync. */
final class FakeDisk implements LedgerDisk {

    Optional<byte[]> content = Optional.empty();
    final Map<String, byte[]> kept = new HashMap<>();
    int appends;
    int replaces;
    int largest;

    /** Bytes that still go through before every write fails; what an append wrote until then stays. */
    int room = Integer.MAX_VALUE;

    boolean unreadable;

    static FakeDisk holding(byte[] bytes) {
        var disk = new FakeDisk();
        disk.content = Optional.of(bytes);
        return disk;
    }

    @Override
    public Path file() {
        return Path.of("/state/ledger");
    }

    @Override
    public Path aside(String name) {
        return Path.of("/state", name);
    }

    @Override
    public Optional<byte[]> read() throws IOException {
        if (unreadable) {
            throw new IOException("Input/output error");
        }
        return content;
    }

    @Override
    public void append(byte[] bytes, long length) throws IOException {
        byte[] before = content.orElseThrow(() -> new IOException("no such file"));
        if (before.length != length) {
            throw new IOException("another length");
        }
        int written = Math.min(bytes.length, room);
        var after = new ByteArrayOutputStream();
        after.writeBytes(before);
        after.writeBytes(Arrays.copyOf(bytes, written));
        content = Optional.of(after.toByteArray());
        largest = Math.max(largest, after.size());
        spend(bytes.length);
        appends++;
    }

    @Override
    public void replace(byte[] bytes) throws IOException {
        spend(bytes.length);
        content = Optional.of(bytes);
        largest = Math.max(largest, bytes.length);
        replaces++;
    }

    @Override
    public void keep(String name, byte[] bytes) throws IOException {
        spend(bytes.length);
        kept.put(name, bytes);
    }

    private void spend(int bytes) throws IOException {
        // An empty file needs no room, but a full or read-only disk makes no new file either.
        if (room == 0 || bytes > room) {
            room = 0;
            throw new IOException("No space left on device");
        }
        room -= room == Integer.MAX_VALUE ? 0 : bytes;
    }
}
