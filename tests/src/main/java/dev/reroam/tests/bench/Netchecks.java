package dev.reroam.tests.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.AgentRemedy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** How long {@code reroam netcheck} takes for its full report on two uplinks. Bed 1. */
final class Netchecks implements Bench {

    private static final int RUNS = 20;
    private static final int SILENT_RUNS = 3;
    private static final double ANSWERED_MS = 400;
    private static final double SILENT_MS = 3000;
    private static final int UPLINKS = 2;
    private static final String PAGE = "11.0.9.1";
    private static final String SILENT_PAGE = "http://" + PAGE + "/";
    // In front of whatever lets answers in; what finds neighbours still works.
    private static final String SILENCE = """
            for family in iptables ip6tables; do
              for protocol in udp tcp; do $family -I INPUT -i wan+ -p $protocol -j DROP; done
            done
            """;

    @Override
    public String name() {
        return "netcheck";
    }

    @Override
    public String about() {
        return "reroam netcheck: the full report on two uplinks of IPv4, with STUN servers of two addresses,"
                + " gateways that speak PCP, NAT-PMP and UPnP, and a page; bed 1, no latency";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        int runs = options.samples().orElse(RUNS);
        var took = new ArrayList<Double>();
        var whole = new ArrayList<Double>();
        var silent = new ArrayList<Double>();
        try (var subject = TwoUplinks.make()) {
            // A gateway that stays silent is waited for, and the lab's speak IPv4.
            subject.net().router().script("ip -6 route flush default");
            try (var page = Page.open(subject.net().internet(), PAGE)) {
                for (int i = 0; i < runs; i++) {
                    long began = Clock.system().monotonicNanos();
                    var report = netcheck(subject, page.url());
                    whole.add((Clock.system().monotonicNanos() - began) / 1e6);
                    took.add(report.get("took_ms").getAsDouble());
                    expect(report, "yes");
                    progress.accept((i + 1) + " of " + runs + " answered");
                }
            }
            subject.net().router().script(SILENCE);
            for (int i = 0; i < Math.min(runs, SILENT_RUNS); i++) {
                var report = netcheck(subject, SILENT_PAGE);
                silent.add(report.get("took_ms").getAsDouble());
                expect(report, "unknown");
            }
        }
        var answered = Spread.of(took);
        var nothing = Spread.of(silent);
        return new Result(
                List.of(
                        new Figure("everything answers", "ms", answered, List.of(Target.median(answered, ANSWERED_MS))),
                        Figure.shown("the whole command, with the start of its JVM", "ms", Spread.of(whole)),
                        new Figure("nothing answers", "ms", nothing, List.of(Target.worst(nothing, SILENT_MS)))),
                List.of("as the report says it took; IPv4, for the lab has no gateway that speaks PCP over IPv6"));
    }

    private static JsonObject netcheck(TwoUplinks subject, String page) {
        var agent = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
        var words = new ArrayList<>(agent.java());
        words.addAll(List.of("dev.reroam.Main", "netcheck", "--json"));
        words.addAll(List.of("--servers", TwoUplinks.servers(), "--portal", page));
        return JsonParser.parseString(subject.net().router().run(words.toArray(String[]::new)))
                .getAsJsonObject();
    }

    private static void expect(JsonObject report, String udp) {
        var uplinks = report.getAsJsonArray("uplinks");
        for (var uplink : uplinks) {
            if (uplinks.size() != UPLINKS
                    || !uplink.getAsJsonObject().get("udp").getAsString().equals(udp)) {
                throw new IllegalStateException("expected udp " + udp + " on " + UPLINKS + " uplinks: " + report);
            }
        }
    }
}
