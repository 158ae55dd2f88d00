package dev.reroam.tests.simulation.world;

/**
 * What a line does to packets. Immutable.
 *
 * @param lossOut of a thousand packets, from the box
 * @param lossIn of a thousand, to the box
 * @param delay one way, nanoseconds
 * @param jitter most that is added to it; packets overtake each other by it
 * @param duplicated of a thousand
 * @param deafOut a blackhole for what the box sends, with the link up
 * @param deafIn likewise for what it is sent
 */
public record Conditions(
        int lossOut, int lossIn, long delay, long jitter, int duplicated, boolean deafOut, boolean deafIn) {

    /** The same line, which loses nothing and swallows nothing. */
    public Conditions healed() {
        return new Conditions(0, 0, delay, jitter, duplicated, false, false);
    }

    public Conditions withLoss(int out, int in) {
        return new Conditions(out, in, delay, jitter, duplicated, deafOut, deafIn);
    }

    public Conditions deaf(boolean out, boolean in) {
        return new Conditions(lossOut, lossIn, delay, jitter, duplicated, out, in);
    }

    long takes(Chance chance) {
        return delay + (jitter == 0 ? 0 : chance.between(0, jitter));
    }
}
