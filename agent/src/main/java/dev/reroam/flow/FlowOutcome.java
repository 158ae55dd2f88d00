package dev.reroam.flow;

import java.util.List;

/** What became of a tunnel's stale flows. Immutable. */
public sealed interface FlowOutcome {

    /**
     * The kernel has none of them any more, and nothing else was touched.
     *
     * @param flows those that it forgot
     * @param gone how many more had run out by themselves meanwhile
     */
    record Forgotten(List<StaleFlow> flows, int gone) implements FlowOutcome {
        public Forgotten {
            flows = List.copyOf(flows);
        }
    }

    /**
     * Nothing was to be forgotten.
     *
     * @param seen flows of the tunnel, all healthy; 0 where the kernel knows none
     */
    record NothingStale(int seen) implements FlowOutcome {}

    /** This kernel tracks no flows, or does not tell. */
    record NoTracking() implements FlowOutcome {}

    /** Nothing was done: when it could be, it was not wanted any more. */
    record NotWanted() implements FlowOutcome {}

    /**
     * The kernel refused to tell or to forget.
     *
     * @param errno its symbol
     * @param message the kernel's own words; may be empty
     * @param forgotten before that
     */
    record Refused(String operation, String errno, String message, List<StaleFlow> forgotten) implements FlowOutcome {
        public Refused {
            forgotten = List.copyOf(forgotten);
        }
    }
}
