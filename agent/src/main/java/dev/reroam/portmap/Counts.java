package dev.reroam.portmap;

/** What went over the wire, since the mapper was made. Immutable. */
public record Counts(long sent, long calls, long dropped) {

    static final Counts NONE = new Counts(0, 0, 0);
}
