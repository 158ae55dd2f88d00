package dev.reroam.stun;

import dev.reroam.stun.StunEffect.Send;
import java.util.List;
import java.util.OptionalLong;

/** A machine that finds something out by several questions from one socket or two, numbered from 0. Immutable. */
interface Inquiry<I extends Inquiry<I>> {

    /** What follows from an event of its sockets, or from time. */
    Progress<I> after(StunEvent event, long now);

    /** When {@link StunEvent.TimePassed} is wanted at the latest; empty when finished. */
    OptionalLong dueAt();

    /** Whether nothing more will be found out. */
    boolean isFinished();

    /** What is now, and which requests are to be sent. */
    record Progress<I>(I state, List<Send> effects) {
        public Progress {
            effects = List.copyOf(effects);
        }
    }
}
