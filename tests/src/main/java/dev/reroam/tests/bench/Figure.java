package dev.reroam.tests.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One measured quantity with its spread and what it should be. Immutable.
 *
 * @param name what was measured, for people
 * @param unit {@code ms}, {@code MB}
 * @param targets empty for what is only shown beside another figure
 */
public record Figure(String name, String unit, Spread spread, List<Target> targets) {

    public Figure {
        targets = List.copyOf(targets);
    }

    /** A figure that is only shown. */
    static Figure shown(String name, String unit, Spread spread) {
        return new Figure(name, unit, spread, List.of());
    }

    /** One line for people. */
    String text() {
        String values = spread.n() == 1
                ? number(spread.median()) + " " + unit
                : String.format(
                        Locale.ROOT,
                        "median %s  p99 %s  worst %s %s",
                        number(spread.median()),
                        number(spread.p99()),
                        number(spread.worst()),
                        unit);
        var line = String.format(Locale.ROOT, "%-46s n=%-4d %s", name, spread.n(), values);
        return targets.isEmpty()
                ? line
                : line
                        + targets.stream()
                                .map(target -> target.text(unit))
                                .collect(Collectors.joining(", ", "   [", "]"));
    }

    JsonObject json() {
        var object = new JsonObject();
        object.addProperty("name", name);
        object.addProperty("unit", unit);
        object.addProperty("n", spread.n());
        object.add("median", value(spread.median()));
        object.add("p99", value(spread.p99()));
        object.add("worst", value(spread.worst()));
        var wanted = new JsonArray();
        for (var target : targets) {
            var entry = new JsonObject();
            entry.addProperty("quantity", target.quantity());
            entry.addProperty("most", target.most());
            entry.addProperty("met", target.met());
            wanted.add(entry);
        }
        object.add("targets", wanted);
        return object;
    }

    /** Three digits that count; JSON knows no infinity and people no tenth of a microsecond. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nothing";
        }
        if (Double.isInfinite(value)) {
            return "never";
        }
        double size = Math.abs(value);
        String format = size >= 100 || value == Math.rint(value) ? "%.0f" : size >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    private static JsonElement value(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(Math.round(value * 1e6) / 1e6) : JsonNull.INSTANCE;
    }
}
