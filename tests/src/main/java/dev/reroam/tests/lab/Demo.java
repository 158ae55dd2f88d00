package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Cuts the WAN under a real tunnel, without the agent and with it, and prints both outages. */
record Demo(Fault fault, PrintStream out, boolean json) {

    private static final Duration WATCHED_WITHOUT = Duration.ofSeconds(25);
    private static final Duration WATCHED_WITH = Duration.ofSeconds(10);

    void run() {
        out.println("Two uplinks, a WireGuard tunnel, 50 echoes a second from the far peer. The fault: " + fault.about()
                + ".");
        var without = new Experiment(fault, Plan.standard(), Remedy.NONE, WATCHED_WITHOUT).run();
        out.println("  without the agent: " + sentence(without.outage()));
        var agent = AgentRemedy.find();
        JsonElement with = JsonNull.INSTANCE;
        if (agent.isEmpty()) {
            out.println("  with the agent: this build has no agent that runs yet");
        } else {
            var report = new Experiment(fault, Plan.standard(), agent.get(), WATCHED_WITH).run();
            out.println("  with the agent:    " + sentence(report.outage()));
            report.timeline().forEach(entry -> out.println(fill("    %8.1f ms  %s", millis(entry.at()), entry.what())));
            with = json(report);
        }
        if (json) {
            var summary = new JsonObject();
            summary.addProperty("fault", fault.name());
            var baseline = new JsonObject();
            baseline.add("outage_ms", outageMillis(without.outage()));
            summary.add("without_agent", baseline);
            summary.add("with_agent", with);
            out.println(new GsonBuilder().serializeNulls().create().toJson(summary));
        }
    }

    private static JsonObject json(Experiment.Report report) {
        var timeline = new JsonArray();
        for (var entry : report.timeline()) {
            var step = new JsonObject();
            step.addProperty("at_ms", millis(entry.at()));
            step.addProperty("what", entry.what());
            timeline.add(step);
        }
        var with = new JsonObject();
        with.add("outage_ms", outageMillis(report.outage()));
        with.add("timeline", timeline);
        return with;
    }

    private static JsonElement outageMillis(Outage outage) {
        return outage.healedAfter()
                .<JsonElement>map(after -> new JsonPrimitive(millis(after)))
                .orElse(JsonNull.INSTANCE);
    }

    private static String sentence(Outage outage) {
        return outage.healedAfter()
                .map(after -> String.format(
                        Locale.ROOT,
                        "carries again %.3f s after it could (%.3f s without an answered echo)",
                        seconds(after),
                        seconds(outage.hole())))
                .orElseGet(() -> String.format(Locale.ROOT, "not healed in %.0f s", seconds(outage.watched())));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    // Tenths: the stream's resolution is 20 ms, the timeline's is finer.
    private static double millis(Duration duration) {
        return Math.round(duration.toNanos() / 1e5) / 10.0;
    }
}
