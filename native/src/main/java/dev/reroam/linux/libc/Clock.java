package dev.reroam.linux.libc;

/**
 * Time as the kernel keeps it, passed in everywhere so that tests own it. Safe from any thread.
 *
 * <p>Durations are measured with {@link #monotonicNanos()}; {@link #realtimeNanos()} is for display and for comparison
 * with stamps that other programs made (WireGuard's last handshake), nothing else.
 */
public interface Clock {

    /** Nanoseconds of CLOCK_MONOTONIC; only differences mean something. */
    long monotonicNanos();

    /** Nanoseconds since 1970 of CLOCK_REALTIME; may jump either way. */
    long realtimeNanos();

    /**
     * Nanoseconds of CLOCK_BOOTTIME, which goes on while the machine is suspended, as {@link #monotonicNanos} does not. Only
     * differences mean something. A clock that does not say is one of a machine that never sleeps.
     */
    default long bootNanos() {
        return monotonicNanos();
    }

    /** The machine's own clocks. */
    static Clock system() {
        return new SystemClock();
    }
}
