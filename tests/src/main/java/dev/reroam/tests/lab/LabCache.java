package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the lab fetched or built once, kept outside the checkout. Safe between processes; within one JVM it is used by one
 * thread at a time. Immutable.
 *
 * <p>An entry is made aside and renamed into place, so an entry that exists is whole. Only the holder of the lock makes
 * one, so what lies aside when the lock is taken is what a dead run left, and is removed.
 *
 * @param directory holds the entries; made on the first use
 */
record LabCache(Path directory) {

    private static final String ASIDE = ".making";
    private static final String LOCK = ".lock";
    private static final ReentrantLock MAKING = new ReentrantLock();

    /** Fills a directory that exists and is empty. */
    interface Maker {
        void make(Path directory) throws IOException, InterruptedException;
    }

    /** The one of this user: {@code ${XDG_CACHE_HOME:-~/.cache}/reroam/lab}. */
    static LabCache ofUser() {
        var named = System.getenv("XDG_CACHE_HOME");
        var caches =
                named == null || named.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named);
        return new LabCache(caches.resolve("reroam").resolve("lab").toAbsolutePath());
    }

    /** The directory of that key, made now where there is none yet. */
    Path entry(String key, Maker maker) throws IOException, InterruptedException {
        var entry = directory.resolve(key);
        if (Files.isDirectory(entry)) {
            return entry;
        }
        Files.createDirectories(directory);
        var lockFile = directory.resolve(LOCK);
        // The lock of the file is the whole JVM's, and a second one is an error.
        MAKING.lock();
        try (var channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IOException("no lock on " + lockFile);
            }
            if (!Files.isDirectory(entry)) {
                var aside = directory.resolve(ASIDE);
                delete(aside);
                Files.createDirectory(aside);
                maker.make(aside);
                Files.move(aside, entry, StandardCopyOption.ATOMIC_MOVE);
            }
            return entry;
        } finally {
            MAKING.unlock();
        }
    }

    /** Removes a file, or a directory with all that is in it; links are removed, not followed. */
    static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) {
            return;
        }
        try (var paths = Files.walk(tree)) {
            // Children before their directory.
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
