package dev.reroam.recovery;

/**
 * A tunnel fell silent, and is being asked. Immutable; instants are monotonic nanoseconds.
 *
 * @param since when it was last heard
 * @param raisedAt when that was noticed
 * @param firstEcho answers to echoes from this number on clear it
 * @param asked echoes sent
 * @param nextAt when the next is due, or the verdict
 * @param looked the device is read for the verdict: a handshake that came through is an answer, too
 * @param hears it hears something all the while, which says nothing of what it sends: only an answer clears it
 */
public record Suspicion(
        long since, long raisedAt, long firstEcho, int asked, long nextAt, boolean looked, boolean hears) {

    static Suspicion raised(long since, long now, long firstEcho, boolean hears) {
        return new Suspicion(since, now, firstEcho, 0, now, false, hears);
    }

    Suspicion asked(long next) {
        return new Suspicion(since, raisedAt, firstEcho, asked + 1, next, false, hears);
    }

    Suspicion until(long next) {
        return new Suspicion(since, raisedAt, firstEcho, asked, next, false, hears);
    }

    Suspicion looking(long verdict) {
        return new Suspicion(since, raisedAt, firstEcho, asked, verdict, true, hears);
    }
}
