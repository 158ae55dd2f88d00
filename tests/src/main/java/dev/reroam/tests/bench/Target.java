package dev.reroam.tests.bench;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a figure should be at most, and what it is. Immutable.
 *
 * @param quantity which value of the spread is meant: {@code median}
 */
public record Target(String quantity, double most, double measured) {

    static Target median(Spread spread, double most) {
        return of("median", Spread::median, spread, most);
    }

    static Target p99(Spread spread, double most) {
        return of("p99", Spread::p99, spread, most);
    }

    static Target worst(Spread spread, double most) {
        return of("worst", Spread::worst, spread, most);
    }

    /** Of a count. */
    static Target total(double counted, double most) {
        return new Target("total", most, counted);
    }

    private static Target of(String quantity, ToDoubleFunction<Spread> value, Spread spread, double most) {
        return new Target(quantity, most, value.applyAsDouble(spread));
    }

    /** Whether it was reached; what could not be measured was not. */
    public boolean met() {
        return measured <= most;
    }

    /** {@code median <= 1 ms: met}. */
    String text(String unit) {
        return String.format(
                Locale.ROOT, "%s <= %s %s: %s", quantity, Figure.number(most), unit, met() ? "met" : "MISSED");
    }
}
