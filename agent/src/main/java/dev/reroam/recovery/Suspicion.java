package dev.reroam.recovery;

/**
 * A tunnel fell silent, and is being asked. Immutable; instants are monotonic nanoseconds.
 *
 * @param since when it was last heard
 * @param raisedAt when that was noticed
 * @param firstEcho answers to echoes from this number on clear it
 * @param asked echoes sent
 * @param nextAt when the next is due, or the verdict
 * @param hears it hears something all the while, which says nothing of what it sends: only an answer clears it
 */
public record Suspicion(long since, long raisedAt, long firstEcho, int asked, long nextAt, boolean hears) {

    Suspicion asked(long next) {
        return new Suspicion(since, raisedAt, firstEcho, asked + 1, next, hears);
    }

    Suspicion until(long next) {
        return new Suspicion(since, raisedAt, firstEcho, asked, next, hears);
    }
}
