package dev.reroam.portmap.gateway;

/** What a client is asked to do, one at a time. */
public sealed interface Operation {

    /** Whether nothing is repeated when no answer comes. */
    default boolean once() {
        return false;
    }

    /**
     * Find out whether the gateway speaks the protocol; leaves nothing behind in it.
     *
     * @param once nothing is repeated: it was silent before, and most likely still is
     */
    record Probe(boolean once) implements Operation {
        /** With all repetitions. */
        public Probe() {
            this(false);
        }
    }

    /**
     * Make a mapping, or renew it: the same thing in each protocol.
     *
     * @param suggestedPort the external port that we would like
     * @param lifetimeSeconds how long; 0 for ever, which only UPnP can
     * @param once nothing is repeated: it was silent before, and most likely still is
     */
    record Map(Wanted wanted, int suggestedPort, long lifetimeSeconds, boolean once) implements Operation {
        /** With all repetitions. */
        public Map(Wanted wanted, int suggestedPort, long lifetimeSeconds) {
            this(wanted, suggestedPort, lifetimeSeconds, false);
        }

        public Map {
            if (suggestedPort < 1 || suggestedPort > 0xffff) {
                throw new IllegalArgumentException("port " + suggestedPort);
            }
            if (lifetimeSeconds < 0 || lifetimeSeconds > 0xffff_ffffL) {
                throw new IllegalArgumentException("lifetime " + lifetimeSeconds + " s");
            }
        }
    }

    /**
     * Take a mapping of ours back.
     *
     * @param externalPort the one that was granted, or asked for where no answer came
     */
    record Delete(Wanted wanted, int externalPort) implements Operation {
        public Delete {
            if (externalPort < 1 || externalPort > 0xffff) {
                throw new IllegalArgumentException("port " + externalPort);
            }
        }
    }
}
