package dev.reroam.tests.bench;

import java.util.Arrays;
import java.util.Collection;

/**
 * Measured values, sorted. Immutable.
 *
 * <p>Quantiles are values that were measured: the smallest one that at least that share of the values does not exceed.
 */
public final class Spread {

    private static final double HALF = 0.5;
    private static final double NEARLY_ALL = 0.99;

    private final double[] sorted;

    private Spread(double[] sorted) {
        this.sorted = sorted;
    }

    /** The spread of these values, in any order. */
    public static Spread of(Collection<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return new Spread(sorted);
    }

    /** How many were measured. */
    public int n() {
        return sorted.length;
    }

    /** The smallest; not a number where nothing was measured, as with all that follow. */
    public double least() {
        return quantile(0);
    }

    public double median() {
        return quantile(HALF);
    }

    public double p99() {
        return quantile(NEARLY_ALL);
    }

    public double worst() {
        return quantile(1);
    }

    private double quantile(double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(0, rank - 1)];
    }
}
