package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.tests.integration.ShippedFlags;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each measurement runs from end to end; none is judged by a speed. */
class BenchesTest {

    /** As the launcher tells the benches: figures are of the agent as it ships. */
    @BeforeAll
    static void withTheShippedFlags() {
        System.setProperty("reroam.flags", ShippedFlags.text());
    }

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void namesTheBenchesWhereTheWordsMakeNoSense() {
        assertEquals(2, run("no-such-bench"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("reaction"));
        assertEquals(2, run("--n", "many"));
        assertEquals(2, run("--n"));
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void reactionRunsFromEndToEnd() {
        var result = measure("reaction", "--n", "1");
        var every = result.getAsJsonArray("figures").get(0).getAsJsonObject();
        assertFalse(every.get("worst").isJsonNull(), "a change that was not followed: " + every);
        assertEquals(
                11,
                result.getAsJsonArray("figures")
                                .get(0)
                                .getAsJsonObject()
                                .get("n")
                                .getAsInt()
                        + dropped(result));
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void outageRunsFromEndToEnd() {
        var result = measure("outage", "--n", "1", "--faults", "route-replaced");
        assertTrue(result.getAsJsonArray("figures").size() > 4, result::toString);
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void falseActionsRunsFromEndToEndAndThereIsNone() {
        var result = measure("false-actions", "--n", "1", "--faults", "route-replaced,policy-rule");
        assertTargetsMet(result, "all", 1);
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void floodRunsFromEndToEnd() {
        var result = measure("flood", "--n", "1");
        assertEquals(13, result.getAsJsonArray("figures").size());
        assertTargetsMet(result, "answers differ from ip route get", 1);
        assertTargetsMet(result, "agents that died or ran out of memory", 1);
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void footprintRunsFromEndToEnd() {
        // How often the agent wakes is counted by IdleWakeUpsTest, beside which nothing runs.
        var result = measure("footprint", "--n", "1", "--seconds", "20");
        assertEquals(10, result.getAsJsonArray("figures").size());
    }

    static boolean isMet(JsonObject result, String word) {
        return figures(result, word)
                .flatMap(figure -> figure.getAsJsonArray("targets").asList().stream())
                .allMatch(target -> target.getAsJsonObject().get("met").getAsBoolean());
    }

    private static Stream<JsonObject> figures(JsonObject result, String word) {
        return result.getAsJsonArray("figures").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(figure -> figure.get("name").getAsString().contains(word));
    }

    /** What is promised of an idle agent is a number of times, and no speed. */
    private static void assertTargetsMet(JsonObject result, String word, int many) {
        long targets = figures(result, word)
                .mapToLong(figure -> figure.getAsJsonArray("targets").size())
                .sum();
        assertEquals(many, targets, result::toString);
        assertTrue(isMet(result, word), result::toString);
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void upstreamRunsFromEndToEnd() {
        var result = measure("upstream", "--n", "1", "--faults", "router-announces");
        assertEquals(2, result.getAsJsonArray("figures").size());
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void silentRunsFromEndToEnd() {
        var result = measure("silent", "--n", "1", "--faults", "uplink-silent-servers");
        assertEquals(4, result.getAsJsonArray("figures").size());
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void stuckRunsFromEndToEnd() {
        var result = measure("stuck", "--n", "1", "--seconds", "5", "--faults", "flow-kept,host-route");
        assertEquals(4, result.getAsJsonArray("figures").size());
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void netcheckRunsFromEndToEnd() {
        var result = measure("netcheck", "--n", "1");
        assertEquals(4, result.getAsJsonArray("figures").size());
        assertTargetsMet(result, "cannot make", 1);
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void remapRunsFromEndToEnd() {
        var result = measure("remap", "--n", "1");
        assertEquals(7, result.getAsJsonArray("figures").size());
    }

    @Test
    @Tag("bed1")
    @Tag("slow")
    void idlePacketsRunsFromEndToEndAndAnIdleAgentSendsFew() {
        var result = measure("idle-packets", "--seconds", "60");
        assertEquals(8, result.getAsJsonArray("figures").size());
        assertTargetsMet(result, "seen by the ISP", 4);
    }

    @Test
    void simulateRunsFromEndToEnd() {
        var result = measure("simulate", "--n", "10");
        assertEquals(4, result.getAsJsonArray("figures").size());
    }

    @Test
    @Tag("slow")
    void falseActionsSimulatedRunsFromEndToEnd() {
        var result = measure("false-actions-simulated", "--n", "5");
        assertEquals(8, result.getAsJsonArray("figures").size());
    }

    private static int dropped(JsonObject result) {
        for (var remark : result.getAsJsonArray("remarks")) {
            if (remark.getAsString().contains("samples dropped")) {
                return Integer.parseInt(remark.getAsString().split(" ", 2)[0]);
            }
        }
        return 0;
    }

    private JsonObject measure(String... words) {
        out.reset();
        var all = new ArrayList<>(List.of(words));
        all.add("--json");
        assertEquals(0, run(all.toArray(String[]::new)), () -> err.toString(StandardCharsets.UTF_8));
        return JsonParser.parseString(out.toString(StandardCharsets.UTF_8)).getAsJsonObject();
    }

    private int run(String... words) {
        return Benches.run(
                List.of(words),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }
}
