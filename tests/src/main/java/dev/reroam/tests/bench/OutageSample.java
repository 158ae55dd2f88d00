package dev.reroam.tests.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.reroam.tests.lab.Outage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One fault on one fresh network with one helper. Immutable.
 *
 * @param outage what the far peer saw; empty where the run broke after the fault, which counts as never healed
 * @param falseActions what somebody changed who should not have, in words
 * @param told what the helper says that it did, or why the run broke
 */
record OutageSample(
        String fault, Helper helper, Optional<Outage> outage, List<String> falseActions, List<String> told) {

    private static final double NANOS_PER_MILLI = 1e6;

    OutageSample {
        falseActions = List.copyOf(falseActions);
        told = List.copyOf(told);
    }

    /** Milliseconds until the tunnel carried again after it could; infinite where it did not while watched. */
    double healedAfterMillis() {
        return outage.flatMap(Outage::healedAfter).map(OutageSample::millis).orElse(Double.POSITIVE_INFINITY);
    }

    /** Milliseconds without an answered echo; infinite where it did not heal while watched. */
    double holeMillis() {
        return outage.filter(seen -> seen.healedAfter().isPresent())
                .map(seen -> millis(seen.hole()))
                .orElse(Double.POSITIVE_INFINITY);
    }

    OutageSample withFalseActions(List<String> found) {
        return new OutageSample(fault, helper, outage, found, told);
    }

    JsonObject json() {
        var object = new JsonObject();
        object.addProperty("fault", fault);
        object.addProperty("helper", helper.word());
        object.add("healed_after_ms", number(healedAfterMillis()));
        object.add("hole_ms", number(holeMillis()));
        object.add(
                "watched_ms", outage.map(seen -> number(millis(seen.watched()))).orElse(JsonNull.INSTANCE));
        object.add("false_actions", strings(falseActions));
        object.add("told", strings(told));
        return object;
    }

    private static JsonArray strings(List<String> words) {
        var array = new JsonArray();
        words.forEach(array::add);
        return array;
    }

    private static JsonElement number(double millis) {
        return Double.isFinite(millis) ? new JsonPrimitive(Math.round(millis * 1e3) / 1e3) : JsonNull.INSTANCE;
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / NANOS_PER_MILLI;
    }
}
