package dev.reroam.linux.libc;

import java.time.Instant;

/** The machine's own clocks: the one place that reads them. */
@Edge
final class SystemClock implements Clock {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override
    public long bootNanos() {
        return Libc.clock(Libc.CLOCK_BOOTTIME);
    }

    @Override
    public long realtimeNanos() {
        var now = Instant.now();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), NANOS_PER_SECOND), now.getNano());
    }
}
