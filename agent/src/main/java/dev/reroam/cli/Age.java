package dev.reroam.cli;

/** Lengths of time in words. Stateless. */
final class Age {

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Age() {}

    /** Two units at most: {@code 250 ms}, {@code 43 s}, {@code 5 min 3 s}, {@code 2 h 5 min}, {@code 3 d 4 h}. */
    static String of(long millis) {
        // A wall clock that was set back makes negative ages; they say nothing, so they are none.
        long length = Math.max(0, millis);
        if (length < SECOND) {
            return length + " ms";
        } else if (length < MINUTE) {
            return length / SECOND + " s";
        } else if (length < HOUR) {
            return length / MINUTE + " min " + length % MINUTE / SECOND + " s";
        } else if (length < DAY) {
            return length / HOUR + " h " + length % HOUR / MINUTE + " min";
        }
        return length / DAY + " d " + length % DAY / HOUR + " h";
    }
}
