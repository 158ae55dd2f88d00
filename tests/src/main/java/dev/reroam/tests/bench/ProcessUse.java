package dev.reroam.tests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What one process has used of the machine until now, from /proc. Immutable.
 *
 * @param threads by thread id; those that have ended are missing
 */
record ProcessUse(Map<Long, ThreadUse> threads) {

    /**
     * What one thread has used.
     *
     * @param cpuNanos on a processor: /proc/PID/task/TID/schedstat, the first number
     * @param wakeUps how often it gave up the processor by itself, and so was woken again: voluntary_ctxt_switches
     */
    record ThreadUse(String name, long cpuNanos, long wakeUps) {}

    /**
     * What a process has in memory, bytes: /proc/PID/smaps_rollup and status.
     *
     * @param peakResident the most that was ever resident
     */
    record Memory(long resident, long anonymous, long peakResident) {

        static Memory of(long process) {
            var folder = Path.of("/proc", Long.toString(process));
            return parse(read(folder.resolve("smaps_rollup")), read(folder.resolve("status")));
        }

        static Memory parse(String rollup, String status) {
            return new Memory(kibibytes(rollup, "Rss"), kibibytes(rollup, "Anonymous"), kibibytes(status, "VmHWM"));
        }
    }

    ProcessUse {
        threads = Map.copyOf(threads);
    }

    static ProcessUse of(long process) {
        var threads = new HashMap<Long, ThreadUse>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(process), "task"))) {
            for (var task : tasks) {
                try {
                    threads.put(
                            Long.parseLong(task.getFileName().toString()),
                            parse(
                                    Files.readString(task.resolve("status")),
                                    Files.readString(task.resolve("schedstat"))));
                } catch (NoSuchFileException ended) {
                    // Why it is safe: it counts as one that was never seen.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProcessUse(threads);
    }

    static ThreadUse parse(String status, String schedstat) {
        return new ThreadUse(
                word(status, "Name"),
                Long.parseLong(schedstat.split(" ", 2)[0]),
                Long.parseLong(word(status, "voluntary_ctxt_switches")));
    }

    long cpuNanos() {
        return threads.values().stream().mapToLong(ThreadUse::cpuNanos).sum();
    }

    long wakeUps() {
        return threads.values().stream().mapToLong(ThreadUse::wakeUps).sum();
    }

    /** What was used since then; by threads that were not there yet, all of theirs. */
    ProcessUse since(ProcessUse before) {
        var used = new HashMap<Long, ThreadUse>();
        threads.forEach((id, now) -> {
            var then = before.threads.getOrDefault(id, new ThreadUse(now.name(), 0, 0));
            used.put(id, new ThreadUse(now.name(), now.cpuNanos() - then.cpuNanos(), now.wakeUps() - then.wakeUps()));
        });
        return new ProcessUse(used);
    }

    private static long kibibytes(String text, String key) {
        return Long.parseLong(word(text, key)) * 1024;
    }

    /** The first word after {@code key:} at the start of a line. */
    private static String word(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip().split("\\s+", 2)[0])
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + key + " in " + text));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
