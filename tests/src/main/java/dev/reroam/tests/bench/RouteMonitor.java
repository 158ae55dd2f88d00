package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.OptionalLong;

/**
 * {@code ip -ts monitor route} in one namespace: when another program saw what the agent sees. It writes into a file, which
 * is read when the measurement is over: nobody else is woken by the event. Used by one thread.
 */
final class RouteMonitor {

    private static final long NANOS = 1_000_000_000L;
    // The tool prints microseconds, cut off.
    private static final long RESOLUTION_NANOS = 1_000;

    private final Path printed;

    private RouteMonitor(Path printed) {
        this.printed = printed;
    }

    /** Starts it; it ends with the lab. */
    static RouteMonitor start(Namespace namespace, Path printed) {
        namespace.start(Redirect.to(printed.toFile()), List.of("ip", "-ts", "monitor", "route"));
        return new RouteMonitor(printed);
    }

    /** When it printed the first event after {@code since}, CLOCK_REALTIME in nanoseconds; empty where it printed none. */
    OptionalLong firstSince(long since) {
        try (var lines = Files.lines(printed)) {
            return lines.map(RouteMonitor::stamp)
                    .flatMapToLong(OptionalLong::stream)
                    .filter(at -> at >= since - RESOLUTION_NANOS)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // [2026-10-02T02:07:32.130711]default via 100.64.2.1 dev wan2 src 100.64.2.2
    private static OptionalLong stamp(String line) {
        int end = line.indexOf(']');
        if (!line.startsWith("[") || end < 0) {
            return OptionalLong.empty();
        }
        try {
            var at = LocalDateTime.parse(line.substring(1, end))
                    .atZone(ZoneId.systemDefault())
                    .toInstant();
            return OptionalLong.of(at.getEpochSecond() * NANOS + at.getNano());
        } catch (DateTimeParseException e) {
            return OptionalLong.empty();
        }
    }
}
