package dev.reroam.tests.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What an idle agent sends, as the ISPs see it, beside what its status counts. */
final class IdlePackets implements Bench {

    private static final int SECONDS = 300;
    // What an agent does right after its start is no idling, and its budget is of a minute.
    private static final Duration SETTLE = Duration.ofSeconds(60);
    private static final double A_MINUTE = 12;
    private static final int SECONDS_A_MINUTE = 60;

    @Override
    public String name() {
        return "idle-packets";
    }

    @Override
    public String about() {
        return "packets that an idle agent sends over each uplink and family, the tunnel's own apart; two uplinks, STUN"
                + " servers that answer, gateways that speak everything";
    }

    /** One uplink in one family. */
    private record Way(int uplink, IpFamily family) {}

    /** What was sent until a moment. */
    private record Reading(List<Long> seen, List<Long> counted) {}

    @Override
    public Result run(Options options, Consumer<String> progress) {
        var watched = Duration.ofSeconds(options.seconds().orElse(SECONDS));
        var ways = List.of(
                new Way(1, IpFamily.V4), new Way(2, IpFamily.V4), new Way(1, IpFamily.V6), new Way(2, IpFamily.V6));
        try (var subject = TwoUplinks.make()) {
            var net = subject.net();
            subject.count(1);
            subject.count(2);
            var agent = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
            var home = new AgentHome(net, net.router(), "agent", agent);
            home.configure(TwoUplinks.configuration());
            home.start();
            progress.accept(
                    "the agent runs; watching for " + watched.toSeconds() + " s from " + SETTLE.toSeconds() + " s on");
            Pause.of(options.seconds().isPresent() && watched.compareTo(SETTLE) < 0 ? watched : SETTLE);
            var clock = Clock.system();
            long began = clock.monotonicNanos();
            var before = read(subject, home, ways);
            Pause.of(watched);
            var after = read(subject, home, ways);
            double minutes = (clock.monotonicNanos() - began) / 1e9 / SECONDS_A_MINUTE;
            var figures = new ArrayList<Figure>();
            for (int i = 0; i < ways.size(); i++) {
                double seen = (after.seen().get(i) - before.seen().get(i)) / minutes;
                double counted = (after.counted().get(i) - before.counted().get(i)) / minutes;
                var name = "uplink " + ways.get(i).uplink() + ", IP"
                        + ways.get(i).family().name().toLowerCase(Locale.ROOT);
                figures.add(new Figure(
                        name + ", seen by the ISP",
                        "a minute",
                        Spread.of(List.of(seen)),
                        List.of(Target.total(seen, A_MINUTE))));
                figures.add(Figure.shown(name + ", counted in status", "a minute", Spread.of(List.of(counted))));
            }
            return new Result(
                    figures,
                    List.of("seen: datagrams, and connections over TCP; watched for " + watched.toSeconds() + " s"));
        }
    }

    private static Reading read(TwoUplinks subject, AgentHome home, List<Way> ways) {
        var answer = home.status();
        JsonObject status = JsonParser.parseString(answer.substring(answer.indexOf("\r\n\r\n")))
                .getAsJsonObject();
        var seen = new ArrayList<Long>();
        var counted = new ArrayList<Long>();
        for (var way : ways) {
            seen.add(subject.counted(way.uplink(), way.family()));
            long sum = 0;
            for (var element : status.getAsJsonArray("uplinks")) {
                var uplink = element.getAsJsonObject();
                boolean v4 = !uplink.get("gateway").getAsString().contains(":");
                if (uplink.get("interface").getAsString().equals("wan" + way.uplink())
                        && v4 == (way.family() == IpFamily.V4)) {
                    sum += uplink.get("stun_packets_sent").getAsLong()
                            + uplink.get("gateway_packets_sent").getAsLong();
                }
            }
            counted.add(sum);
        }
        return new Reading(seen, counted);
    }
}
