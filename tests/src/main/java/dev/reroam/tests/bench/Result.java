package dev.reroam.tests.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * What a bench found. Immutable.
 *
 * @param table where there are too many figures for a line each
 * @param remarks what one must know to read the figures: dropped samples, where they were cut, what failed
 */
record Result(List<Figure> figures, Table table, List<String> remarks) {

    Result {
        figures = List.copyOf(figures);
        remarks = List.copyOf(remarks);
    }

    /** Without a table. */
    Result(List<Figure> figures, List<String> remarks) {
        this(figures, Table.EMPTY, remarks);
    }

    JsonObject json(String bench, Environment environment) {
        var object = new JsonObject();
        object.addProperty("bench", bench);
        object.add("environment", environment.json());
        var measured = new JsonArray();
        figures.forEach(figure -> measured.add(figure.json()));
        table.figures().forEach(figure -> measured.add(figure.json()));
        object.add("figures", measured);
        if (!table.rows().isEmpty()) {
            var rows = new JsonArray();
            table.rows().forEach(rows::add);
            object.add("samples", rows);
        }
        var said = new JsonArray();
        remarks.forEach(said::add);
        object.add("remarks", said);
        return object;
    }
}
