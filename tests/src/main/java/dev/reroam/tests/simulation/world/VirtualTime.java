package dev.reroam.tests.simulation.world;

import java.util.PriorityQueue;

/**
 * The clock and the queue of what is due. Confined to its run's thread. Instants are nanoseconds of a clock that begins
 * anywhere, as the kernel's monotonic one may; what is due at one instant runs in the order in which it was asked for.
 */
public final class VirtualTime {

    public static final long MICRO = 1_000L;
    public static final long MILLI = 1_000 * MICRO;
    public static final long SECOND = 1_000 * MILLI;

    private record Event(long at, long order, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int first = Long.compare(at, other.at);
            return first != 0 ? first : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> due = new PriorityQueue<>();
    private long now;
    private long asked;

    /** A clock that stands at {@code start}. */
    public VirtualTime(long start) {
        now = start;
    }

    /** Nanoseconds. */
    public long now() {
        return now;
    }

    /** Runs something at an instant; now, where that is over. */
    public void at(long instant, Runnable what) {
        due.add(new Event(Math.max(instant, now), asked++, what));
    }

    /** Runs something after so many nanoseconds. */
    public void in(long nanos, Runnable what) {
        at(now + nanos, what);
    }

    /** Runs all that is due until then, and stands there. */
    public void runUntil(long instant) {
        for (Event next = due.peek(); next != null && next.at <= instant; next = due.peek()) {
            due.remove();
            now = next.at;
            next.what.run();
        }
        now = Math.max(now, instant);
    }
}
