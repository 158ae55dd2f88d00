package dev.reroam.steer;

/** How a change of what is steered ended. Immutable. */
public sealed interface SteerOutcome {

    /**
     * It is as wished.
     *
     * @param changes rules and routes that were made or removed; 0 where it was so already
     */
    record Done(int changes) implements SteerOutcome {}

    /**
     * It could not be done, and what was done of it is undone; of a withdrawal, all is done that could be.
     *
     * @param operation what was refused, in words
     * @param errno its symbol
     * @param message the kernel's own words, or ours where it gave none; may be empty
     */
    record Refused(String operation, String errno, String message) implements SteerOutcome {}
}
