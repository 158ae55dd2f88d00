package dev.reroam.tests.simulation.world;

import java.util.List;

/**
 * Numbers from a seed: SplitMix64, written out, since kept seeds must mean the same on every Java. Confined to its run's
 * thread. Each purpose forks its own, so that one draw more here moves nothing there.
 */
public final class Chance {

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final int THOUSAND = 1_000;

    private long state;

    public Chance(long seed) {
        state = seed;
    }

    /** Another one for this purpose; takes nothing from this one. */
    public Chance fork(String purpose) {
        long hash = state;
        for (int i = 0; i < purpose.length(); i++) {
            hash = mixed(hash + GOLDEN + purpose.charAt(i));
        }
        return new Chance(hash);
    }

    /** Any of all longs. */
    public long next() {
        state += GOLDEN;
        return mixed(state);
    }

    private static long mixed(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** 0 to {@code bound - 1}. */
    public int below(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    /** Both ends included. */
    public long between(long least, long most) {
        return least + Long.remainderUnsigned(next(), most - least + 1);
    }

    /** True so many times of a thousand; draws nothing where the answer is certain. */
    public boolean permille(int of) {
        return of > 0 && (of >= THOUSAND || below(THOUSAND) < of);
    }

    public <T> T pick(List<T> from) {
        return from.get(below(from.size()));
    }

    @SafeVarargs
    public final <T> T pick(T... from) {
        return from[below(from.length)];
    }
}
