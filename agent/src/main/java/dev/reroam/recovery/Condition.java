package dev.reroam.recovery;

/** What a tunnel is like when evidence comes; the column of the {@link Ladder}'s table. Exactly one holds. */
public enum Condition {
    /** Received or shook hands less than 180 s before the change; the listen port may be given up. */
    AFFECTED,
    /** The same, but the listen port of the device is fixed. */
    FIXED,
    /** The same, but nothing is on the way that would be answered: no echo target, nothing but keepalives went out. */
    QUIET,
    /** Neither received nor shook hands in the 180 s before the change: nothing is ever sent to it. */
    ASLEEP
}
