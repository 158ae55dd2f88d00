package dev.reroam.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LabTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    @Tag("bed1")
    void theDemoShowsBothOutagesAndItsLastLineIsJson() {
        assertEquals(0, run("demo", "--json"), () -> text(err));
        var lines = text(out).lines().toList();
        var summary = JsonParser.parseString(lines.getLast()).getAsJsonObject();
        assertEquals("uplink-down", summary.get("fault").getAsString());
        var without = summary.getAsJsonObject("without_agent").get("outage_ms");
        var with = summary.getAsJsonObject("with_agent");
        assertTrue(without.getAsDouble() > 5000, without::toString);
        assertTrue(with.get("outage_ms").getAsDouble() < 1500, with::toString);
        assertFalse(with.getAsJsonArray("timeline").isEmpty());
    }

    /** Nothing on the box would ever move that tunnel. */
    @Test
    @Tag("bed1")
    @Tag("slow")
    void whatNeverHealsHasNoOutageInTheJson() {
        assertEquals(0, run("demo", "policy-rule", "--json"), () -> text(err));
        var summary =
                JsonParser.parseString(text(out).lines().toList().getLast()).getAsJsonObject();
        var without = summary.getAsJsonObject("without_agent");
        assertTrue(without.has("outage_ms") && without.get("outage_ms").isJsonNull(), summary::toString);
        var with = summary.getAsJsonObject("with_agent").get("outage_ms");
        assertTrue(with.getAsDouble() < 1500, summary::toString);
    }

    @Test
    void anUnknownFaultIsAnsweredWithTheKnownOnes() {
        assertEquals(2, run("demo", "nonsense"));
        assertTrue(text(err).contains("uplink-down, cable-cut"), () -> text(err));
    }

    @Test
    void whatIsNotUnderstoodGetsTheUsage() {
        assertEquals(2, run("dance"));
        assertTrue(text(err).startsWith("usage: "), () -> text(err));
    }

    private int run(String... words) {
        return Lab.run(
                List.of(words),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
