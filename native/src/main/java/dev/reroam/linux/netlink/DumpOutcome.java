package dev.reroam.linux.netlink;

/** How a dump ended. */
public enum DumpOutcome {
    /** It shows one moment. */
    COMPLETE,
    /**
     * Something changed while it was read (NLM_F_DUMP_INTR): entries may be missing or doubled. Ask again a few times, then
     * take it as it is: a change message for the rest is on its way.
     */
    INTERRUPTED
}
