package dev.reroam.tests.lab;

import dev.reroam.linux.libc.Clock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The far peer's echo requests to the router's inner address, 50 a second, and their answers. A reader thread hands the
 * answers over; everything else is used by one thread.
 */
public final class EchoStream implements AutoCloseable {

    /** Time between two requests: the resolution of every outage. */
    public static final Duration INTERVAL = Duration.ofMillis(20);

    private final Process ping;
    private final Clock clock;
    private final LinkedBlockingQueue<Echo> arrived = new LinkedBlockingQueue<>();
    private final List<Echo> answered = new ArrayList<>();
    private final Thread reader;

    private EchoStream(Process ping, Clock clock) {
        this.ping = ping;
        this.clock = clock;
        this.reader = Thread.ofPlatform().daemon().name("echo-stream").start(this::read);
    }

    /** Starts the stream from {@code from} to {@code address}. */
    public static EchoStream start(Namespace from, String address, Clock clock) {
        return new EchoStream(from.start("ping", "-D", "-n", "-i", "0.02", address), clock);
    }

    /** The first answer that {@code wanted} accepts, of all so far and those of the next {@code limit}. */
    public Optional<Echo> await(Predicate<Echo> wanted, Duration limit) {
        var already = answered.stream().filter(wanted).findFirst();
        if (already.isPresent()) {
            return already;
        }
        long deadline = clock.monotonicNanos() + limit.toNanos();
        try {
            while (true) {
                var echo = arrived.poll(deadline - clock.monotonicNanos(), TimeUnit.NANOSECONDS);
                if (echo == null) {
                    return Optional.empty();
                }
                answered.add(echo);
                if (wanted.test(echo)) {
                    return Optional.of(echo);
                }
            }
        } catch (InterruptedException e) {
            throw Pause.interrupted(e);
        }
    }

    /** Ends the stream and returns all answers in the order in which they came. */
    public List<Echo> stop() {
        ping.toHandle().destroy();
        try {
            reader.join();
        } catch (InterruptedException e) {
            throw Pause.interrupted(e);
        }
        arrived.drainTo(answered);
        return List.copyOf(answered);
    }

    @Override
    public void close() {
        stop();
    }

    private void read() {
        try (BufferedReader lines = ping.inputReader(StandardCharsets.UTF_8)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                Echo.parse(line).ifPresent(arrived::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the echo stream broke", e);
        }
    }
}
