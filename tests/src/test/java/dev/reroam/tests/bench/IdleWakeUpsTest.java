package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.reroam.tests.integration.ShippedFlags;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What is promised of an idle agent is a number of times, and no speed. Alone: daemons of other tests make their sockets in the folder
 * that every agent watches, and each wakes it. For three minutes: in the first of them the compiler still has work, whose threads
 * count as well.
 */
@Isolated
class IdleWakeUpsTest {

    @Test
    @Tag("bed1")
    @Tag("slow")
    void anIdleAgentWakesSeldom() {
        System.setProperty("reroam.flags", ShippedFlags.text());
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exit = Benches.run(
                List.of("footprint", "--n", "1", "--seconds", "180", "--json"),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        assertEquals(0, exit, () -> err.toString(StandardCharsets.UTF_8));
        var result =
                JsonParser.parseString(out.toString(StandardCharsets.UTF_8)).getAsJsonObject();
        assertTrue(BenchesTest.isMet(result, "wake-ups above"), result::toString);
    }
}
