package dev.reroam.tests.lab;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A shell script on the router that looks at the tunnels again and again, and says what it did in lines of {@code at
 * NANOSECONDS WHAT}, CLOCK_REALTIME. It finds each tunnel's words in {@code $1}, {@code $2} and so on.
 *
 * @param firstLook how long after its start it looks for the first time
 * @param cadence how long it sleeps after each look
 * @param words what is handed to each look, by tunnel
 * @param look what it does at each
 */
record CadenceRemedy(Duration firstLook, Duration cadence, TunnelWords words, String look) implements Remedy {

    private static final Pattern SAID = Pattern.compile("at (\\d+) (.*)");
    private static final double MILLIS_PER_SECOND = 1000;

    /** What a look is told of a tunnel; makes the files that it needs. */
    @FunctionalInterface
    interface TunnelWords {
        List<String> of(Topology net, Tunnel tunnel);
    }

    @Override
    public Running start(Topology net) {
        net.belongings().everyProcessIn(net.router());
        var script = new StringBuilder("say() { echo \"at $(date +%s%N) $*\"; }\nlook() {\n" + look + "}\n");
        script.append("sleep ").append(seconds(firstLook)).append("\nwhile :; do\n");
        for (var tunnel : net.tunnels()) {
            script.append("look ")
                    .append(String.join(" ", words.of(net, tunnel)))
                    .append('\n');
        }
        script.append("sleep ").append(seconds(cadence)).append("\ndone\n");
        var log = net.router().log("cadence");
        var process = net.router().start(log.redirect(), List.of("sh", "-c", script.toString()));
        return new Running() {
            @Override
            public List<TimelineEntry> timeline(Moments moments) {
                return log.text()
                        .lines()
                        .map(SAID::matcher)
                        .filter(Matcher::matches)
                        .map(said -> new TimelineEntry(
                                Duration.ofNanos(Long.parseLong(said.group(1)) - moments.shownAt()), said.group(2)))
                        .toList();
            }

            @Override
            public String log() {
                return log.text();
            }

            @Override
            public void close() {
                process.toHandle().destroy();
            }
        };
    }

    private static String seconds(Duration duration) {
        return Template.fill("%.3f", duration.toMillis() / MILLIS_PER_SECOND);
    }
}
