package dev.reroam.tests.lab;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What came of a {@link GuestTrial}; a line of JSON between guest and host. Immutable.
 *
 * @param log the last of what the helper printed
 * @param took all of the trial, by the guest's clock
 */
public record GuestTrialReport(GuestTrial trial, Ended ended, String log, Duration took) {

    private static final Gson GSON = new Gson();

    /** How it ended. */
    public sealed interface Ended {}

    /**
     * The far peer watched to the end.
     *
     * @param before the tunnel's settings before the fault
     * @param after its settings at the end
     */
    public record Seen(
            Outage outage, List<Remedy.TimelineEntry> timeline, Tunnel.Settings before, Tunnel.Settings after)
            implements Ended {

        public Seen {
            timeline = List.copyOf(timeline);
        }
    }

    /** The trial broke: not a tunnel that stayed down, but a network, a helper or a fault that could not be made. */
    public record Broken(String why) implements Ended {}

    /** What was seen. @throws IllegalStateException where the trial broke, with the reason and the log */
    public Seen seen() {
        return switch (ended) {
            case Seen seen -> seen;
            case Broken(String why) -> throw new IllegalStateException(trial + ": " + why + "\n" + log);
        };
    }

    /** One line. */
    String json() {
        var line = new JsonObject();
        line.addProperty("trial", trial.word());
        line.addProperty("log", log);
        line.addProperty("took_ns", took.toNanos());
        switch (ended) {
            case Seen seen -> line.add("seen", json(seen));
            case Broken(String why) -> line.addProperty("broken", why);
        }
        return line.toString();
    }

    private static JsonObject json(Seen seen) {
        var json = new JsonObject();
        var outage = seen.outage();
        json.addProperty("hole_ns", outage.hole().toNanos());
        outage.healedAfter().ifPresent(after -> json.addProperty("healed_after_ns", after.toNanos()));
        json.addProperty("watched_ns", outage.watched().toNanos());
        var timeline = new JsonArray();
        for (var entry : seen.timeline()) {
            var step = new JsonObject();
            step.addProperty("at_ns", entry.at().toNanos());
            step.addProperty("what", entry.what());
            timeline.add(step);
        }
        json.add("timeline", timeline);
        json.add("before", GSON.toJsonTree(seen.before()));
        json.add("after", GSON.toJsonTree(seen.after()));
        return json;
    }

    /** Reads what {@link #json()} wrote. */
    static GuestTrialReport parse(String text) {
        var line = JsonParser.parseString(text).getAsJsonObject();
        return new GuestTrialReport(
                GuestTrial.parse(line.get("trial").getAsString()),
                line.has("broken") ? new Broken(line.get("broken").getAsString()) : seen(line.getAsJsonObject("seen")),
                line.get("log").getAsString(),
                nanos(line, "took_ns"));
    }

    private static Seen seen(JsonObject json) {
        var timeline = new ArrayList<Remedy.TimelineEntry>();
        for (var element : json.getAsJsonArray("timeline")) {
            var step = element.getAsJsonObject();
            timeline.add(new Remedy.TimelineEntry(
                    nanos(step, "at_ns"), step.get("what").getAsString()));
        }
        Optional<Duration> healed =
                json.has("healed_after_ns") ? Optional.of(nanos(json, "healed_after_ns")) : Optional.empty();
        return new Seen(
                new Outage(nanos(json, "hole_ns"), healed, nanos(json, "watched_ns")),
                timeline,
                GSON.fromJson(json.get("before"), Tunnel.Settings.class),
                GSON.fromJson(json.get("after"), Tunnel.Settings.class));
    }

    private static Duration nanos(JsonObject json, String name) {
        return Duration.ofNanos(json.get(name).getAsLong());
    }
}
