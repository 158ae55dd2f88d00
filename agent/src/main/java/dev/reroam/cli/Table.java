package dev.reroam.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text under headings, each column as wide as its widest cell. Not for other threads. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        row(headings);
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    /** The lines, without blanks at their ends. */
    String text() {
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row ->
                Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length())));
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
