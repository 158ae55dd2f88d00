package dev.reroam.recovery;

/** All that the brain remembers. Immutable. */
public record RecoveryState() {
    /** Nothing seen yet. */
    public static RecoveryState initial() {
        return new RecoveryState();
    }
}
