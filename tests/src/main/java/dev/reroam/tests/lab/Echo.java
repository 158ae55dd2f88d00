package dev.reroam.tests.lab;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One answered echo of the far peer's stream. Immutable; times are nanoseconds of CLOCK_REALTIME.
 *
 * @param sequence the echo's number, from 1
 * @param sentAt when the request left, to within ping's own rounding of the round trip
 * @param answeredAt when the answer was there
 */
public record Echo(int sequence, long sentAt, long answeredAt) {

    // iputils ping -D -n: [1700000000.123456] 64 bytes from 10.9.0.1: icmp_seq=1 ttl=64 time=0.442 ms
    private static final Pattern ANSWER =
            Pattern.compile("\\[(\\d+)\\.(\\d{6})\\] \\d+ bytes from [^ ]+ icmp_seq=(\\d+) .*time=([0-9.]+) ms");

    /** Reads a line of {@code ping -D -n}; empty where it is not a first answer (a duplicate, an error, a heading). */
    static Optional<Echo> parse(String line) {
        var match = ANSWER.matcher(line);
        if (!match.matches()) {
            return Optional.empty();
        }
        long answeredAt = Long.parseLong(match.group(1)) * 1_000_000_000L + Long.parseLong(match.group(2)) * 1_000L;
        long roundTrip = Math.round(Double.parseDouble(match.group(4)) * 1_000_000);
        return Optional.of(new Echo(Integer.parseInt(match.group(3)), answeredAt - roundTrip, answeredAt));
    }
}
