package dev.reroam.stun;

/** Why something that came to a port of ours was no answer. */
public enum Dropped {
    /** No STUN, or damaged. */
    MALFORMED,
    /** A request, an indication or another method. */
    NO_ANSWER,
    /** Nobody asked under this transaction id. */
    UNKNOWN_ID,
    /** The question was answered or given up already: a late answer or a duplicate. */
    LATE,
    /** From another address or port than the asked one. */
    WRONG_SOURCE,
    /** At another of our ports than the asking one. */
    WRONG_PORT
}
