package dev.reroam.portmap.gateway;

/**
 * A source of jitter that is part of a state, so that a step stays a function. Immutable. Predictable to whoever knows the
 * seed: never for anything that must be unguessable.
 *
 * @param seed where the sequence stands
 */
public record Chance(long seed) {

    // SplitMix64 (Steele, Lea, Flood 2014): one addition per draw, and the output is the mixed seed.
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    /** The sequence, one draw further. */
    public Chance next() {
        return new Chance(seed + GOLDEN_GAMMA);
    }

    /** This draw, 0 to bound - 1. */
    public int below(int bound) {
        return (int) Long.remainderUnsigned(mixed(), bound);
    }

    /**
     * This draw as a length of time near {@code nanos}.
     *
     * @param percent how far it may lie off, either way
     */
    public long near(long nanos, int percent) {
        double part = (mixed() >>> 11) * 0x1.0p-53;
        return (long) (nanos * (1 + (2 * part - 1) * percent / 100));
    }

    private long mixed() {
        long z = (seed ^ (seed >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
