package dev.reroam.tunnel.wireguard.act;

import dev.reroam.recovery.Observation.RepairOutcome;

/** Ends a chain of steps before its last one: how the repair ended instead. */
final class NotDone extends Exception {

    private static final long serialVersionUID = 1;

    private final transient RepairOutcome outcome;
    private final boolean certain;

    NotDone(RepairOutcome outcome) {
        this(outcome, false);
    }

    private NotDone(RepairOutcome outcome, boolean certain) {
        // Expected ends, such as a device that vanished: the place in the code says nothing.
        super(outcome.toString(), null, false, false);
        this.outcome = outcome;
        this.certain = certain;
    }

    /** Somebody said no: nothing was changed. */
    static NotDone refused(String operation, String errno, String message) {
        return new NotDone(new RepairOutcome.Refused(operation, errno, message), true);
    }

    /** Nobody wanted it any more: nothing was changed. */
    static NotDone notWanted() {
        return new NotDone(new RepairOutcome.NotWanted(), true);
    }

    /** Nobody said anything that can be understood: it may have been changed. */
    static NotDone unanswered(String operation, String errno, String message) {
        return new NotDone(new RepairOutcome.Refused(operation, errno, message), false);
    }

    /** Whether nothing was changed for sure. */
    boolean isCertain() {
        return certain;
    }

    RepairOutcome outcome() {
        return outcome;
    }
}
