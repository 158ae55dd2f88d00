package dev.reroam.recovery;

import dev.reroam.recovery.Standing.Kind;

/**
 * What a tunnel becomes when something happens to it: the state table of the brain, total by the compiler's word.
 *
 * <pre>
 *                  RESTING     QUIET       HELD        REPAIRING   STRANDED    GIVEN_UP
 * PATH_MOVED       start       start       start       start       start       start
 * PATH_FLAPPED     hold        hold        hold        hold        start       start
 * PATH_LOST        strand      strand      strand      strand      stay        strand
 * UPLINK_RETURNED  start       start       start       start       start       start
 * UPLINK_SUSPECT   start (1)   start (1)   start (1)   strand      stay        stay
 * WAN_CHANGED      start       start       stay        start       stay        start
 * RECREATED        rest        rest        start       start       stay        rest
 * INTERRUPTED      start       start       stay        stay        stay        stay
 * ASKED            start       start       start       start       stay        start
 * PROVED           rest        rest        stay        rest        rest        rest
 * SILENT           start       start       stay        stay        stay        stay
 * NAME_CHANGED     start       start       stay        start       start       start
 * HOLD_OVER        -           -           start       -           -           -
 * BOUND_OWED       -           -           -           fail        -           -
 * BOUND_QUIET      -           -           -           settle      -           -
 * LADDER_ENDED     -           -           -           give up     -           -
 * REFUSED          stay        stay        stay        give up     stay        stay
 * ONLY_OBSERVED    stay        stay        stay        give up     stay        stay
 * PEER_GONE        forget      forget      forget      forget      forget      forget
 * </pre>
 *
 * <p>(1) Starting means waiting for another way out there too, the kernel's own or one of ours. {@code start} always
 * asks the {@link Ladder}, which may say to leave the tunnel alone; {@code -} cannot happen. A path sign reaches a sleeping
 * tunnel only as a question to the ladder.
 */
final class Transitions {

    /** What can happen to a tunnel. */
    enum Sign {
        /** The path changed and is usable. */
        PATH_MOVED,
        /** The same, for the third time within seconds, while the path before is still usable. */
        PATH_FLAPPED,
        /** The kernel knows no way. */
        PATH_LOST,
        /** The path is the same and usable; its interface had lost something. */
        UPLINK_RETURNED,
        /** The path leads through an interface that is dead, or over an uplink that carries nothing. */
        UPLINK_SUSPECT,
        /** The way is the same, and the world beyond it is another one. */
        WAN_CHANGED,
        /** The device is another one under the same name. */
        RECREATED,
        /** The agent before this one ended while it was under repair. */
        INTERRUPTED,
        /** A person asked. */
        ASKED,
        /** It was proved. */
        PROVED,
        /** It answers no more, though its way is fine as far as is known. */
        SILENT,
        /** The name of its endpoint has another address. */
        NAME_CHANGED,
        /** The time of holding down is over. */
        HOLD_OVER,
        /** The rung's time is over, and an answer was owed. */
        BOUND_OWED,
        /** The rung's time is over, and nobody had to answer. */
        BOUND_QUIET,
        /** No further rung may run. */
        LADDER_ENDED,
        /** The repair was refused. */
        REFUSED,
        /** The repair was not made because we only watch. */
        ONLY_OBSERVED,
        /** The peer or its device is gone. */
        PEER_GONE
    }

    /** What to do about it. */
    enum Decision {
        /** Ask the ladder and begin where it says. */
        START,
        /** Follow the change later. */
        HOLD,
        /** Wait for a way out. */
        STRAND,
        /** Nothing is wrong any more. */
        REST,
        /** This rung did not help; the next one runs when the device's others are decided too. */
        FAIL,
        /** Leave it alone, unproved. */
        SETTLE,
        /** No more rungs. */
        GIVE_UP,
        /** Drop all that is known of it. */
        FORGET,
        /** Nothing changes. */
        STAY,
        /** Cannot happen; ignored, since a brain must not fall over. */
        IMPOSSIBLE
    }

    private Transitions() {}

    /** The cell of the table. */
    static Decision of(Kind kind, Sign sign) {
        return switch (sign) {
            case PATH_MOVED, UPLINK_RETURNED -> Decision.START;
            case PATH_FLAPPED ->
                switch (kind) {
                    case RESTING, QUIET, HELD, REPAIRING -> Decision.HOLD;
                    // Nothing that works would be left: follow.
                    case STRANDED, GIVEN_UP -> Decision.START;
                };
            case PATH_LOST ->
                switch (kind) {
                    case RESTING, QUIET, HELD, REPAIRING, GIVEN_UP -> Decision.STRAND;
                    case STRANDED -> Decision.STAY;
                };
            case UPLINK_SUSPECT ->
                switch (kind) {
                    case RESTING, QUIET, HELD -> Decision.START;
                    // A rung under way over a dead interface would only be counted as tried.
                    case REPAIRING -> Decision.STRAND;
                    case STRANDED, GIVEN_UP -> Decision.STAY;
                };
            case SILENT ->
                switch (kind) {
                    case RESTING, QUIET -> Decision.START;
                    // More is known of it than that.
                    case HELD, REPAIRING, STRANDED, GIVEN_UP -> Decision.STAY;
                };
            case NAME_CHANGED ->
                switch (kind) {
                    case RESTING, QUIET, REPAIRING, STRANDED, GIVEN_UP -> Decision.START;
                    // It works still, over the path that it is about to leave.
                    case HELD -> Decision.STAY;
                };
            case WAN_CHANGED ->
                switch (kind) {
                    case RESTING, QUIET, REPAIRING, GIVEN_UP -> Decision.START;
                    // It is about to leave that way; or has none, and the kernel will say when it has.
                    case HELD, STRANDED -> Decision.STAY;
                };
            case RECREATED ->
                switch (kind) {
                    case RESTING, QUIET, GIVEN_UP -> Decision.REST;
                    // It was in trouble for its path; the new device has not heard of that.
                    case HELD, REPAIRING -> Decision.START;
                    case STRANDED -> Decision.STAY;
                };
            case INTERRUPTED ->
                switch (kind) {
                    case RESTING, QUIET -> Decision.START;
                    // Something was seen since the start, and more is known of that.
                    case HELD, REPAIRING, STRANDED, GIVEN_UP -> Decision.STAY;
                };
            case ASKED ->
                switch (kind) {
                    case RESTING, QUIET, HELD, REPAIRING, GIVEN_UP -> Decision.START;
                    // Nobody's wish makes a way out.
                    case STRANDED -> Decision.STAY;
                };
            case PROVED ->
                switch (kind) {
                    case RESTING, QUIET, REPAIRING, STRANDED, GIVEN_UP -> Decision.REST;
                    // It carries over the path that it is about to leave.
                    case HELD -> Decision.STAY;
                };
            case HOLD_OVER ->
                switch (kind) {
                    case HELD -> Decision.START;
                    case RESTING, QUIET, REPAIRING, STRANDED, GIVEN_UP -> Decision.IMPOSSIBLE;
                };
            case BOUND_OWED ->
                switch (kind) {
                    case REPAIRING -> Decision.FAIL;
                    case RESTING, QUIET, HELD, STRANDED, GIVEN_UP -> Decision.IMPOSSIBLE;
                };
            case BOUND_QUIET ->
                switch (kind) {
                    case REPAIRING -> Decision.SETTLE;
                    case RESTING, QUIET, HELD, STRANDED, GIVEN_UP -> Decision.IMPOSSIBLE;
                };
            case LADDER_ENDED ->
                switch (kind) {
                    case REPAIRING -> Decision.GIVE_UP;
                    case RESTING, QUIET, HELD, STRANDED, GIVEN_UP -> Decision.IMPOSSIBLE;
                };
            case REFUSED, ONLY_OBSERVED ->
                switch (kind) {
                    case REPAIRING -> Decision.GIVE_UP;
                    // The outcome of a repair that the tunnel no longer waits for.
                    case RESTING, QUIET, HELD, STRANDED, GIVEN_UP -> Decision.STAY;
                };
            case PEER_GONE -> Decision.FORGET;
        };
    }
}
