package dev.reroam.tests.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * What a bench found. Immutable.
 *
 * @param remarks what one must know to read the figures: dropped samples, where they were cut, what failed
 */
public record Result(List<Figure> figures, List<String> remarks) {

    public Result {
        figures = List.copyOf(figures);
        remarks = List.copyOf(remarks);
    }

    JsonObject json(String bench, Environment environment) {
        var object = new JsonObject();
        object.addProperty("bench", bench);
        object.add("environment", environment.json());
        var measured = new JsonArray();
        figures.forEach(figure -> measured.add(figure.json()));
        object.add("figures", measured);
        var said = new JsonArray();
        remarks.forEach(said::add);
        object.add("remarks", said);
        return object;
    }
}
