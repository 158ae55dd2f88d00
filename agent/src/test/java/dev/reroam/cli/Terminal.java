package dev.reroam.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A command line whose output is kept. */
final class Terminal {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> runs = new ArrayList<>();

    int run(String... words) {
        return new Cli(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        (config, places) -> {
                            runs.add(config + " " + places);
                            return Cli.DONE;
                        },
                        (state, incident, o, e) -> {
                            o.println("replaying " + incident + " of " + state);
                            return Cli.DONE;
                        },
                        (config, wish, o, e) -> {
                            o.println(wish);
                            return Cli.DONE;
                        })
                .run(words);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** What was started as an agent. */
    List<String> runs() {
        return runs;
    }
}
