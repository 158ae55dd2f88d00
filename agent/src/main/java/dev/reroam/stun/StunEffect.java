package dev.reroam.stun;

/** What {@link Transactions} wants done, in this order. */
sealed interface StunEffect {

    /** Send the request, now. */
    record Send(Ask ask) implements StunEffect {}

    /** Tell who asked. */
    record Finished(Ask ask, Outcome outcome) implements StunEffect {}
}
