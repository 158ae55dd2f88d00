package dev.reroam.tests.bench;

import com.google.gson.JsonElement;
import java.util.List;
import java.util.Locale;

/**
 * Many figures of one kind, for people at a glance and for programs in full. Immutable.
 *
 * @param lines for people, the heading first
 * @param figures what the lines show, for JSON
 * @param rows every single value, for JSON
 */
record Table(List<String> lines, List<Figure> figures, List<? extends JsonElement> rows) {

    /** Nothing to show. */
    static final Table EMPTY = new Table(List.of(), List.of(), List.of());

    Table {
        lines = List.copyOf(lines);
        figures = List.copyOf(figures);
        rows = List.copyOf(rows);
    }

    /** {@link String#format(Locale, String, Object...)} without a language. */
    // The annotation is in a jar that nothing else of the benches needs.
    @SuppressWarnings("AnnotateFormatMethod")
    static String text(String template, Object... values) {
        return String.format(Locale.ROOT, template, values);
    }
}
