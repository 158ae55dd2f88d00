package dev.reroam.tests.bench;

import dev.reroam.linux.libc.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** How long {@code reroam netcheck} takes for its full report on two uplinks. Bed 1. */
final class Netchecks implements Bench {

    private static final int RUNS = 20;
    private static final int SILENT_RUNS = 3;
    private static final double ANSWERED_MS = 400;
    private static final double SILENT_MS = 3000;
    private static final String SILENT_PAGE = "http://" + FullReport.PAGE + "/";
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
        var unknown = new ArrayList<Double>();
        var whole = new ArrayList<Double>();
        var silent = new ArrayList<Double>();
        try (var subject = FullReport.subject()) {
            try (var page = Page.open(subject.net().internet(), FullReport.PAGE)) {
                for (int i = 0; i < runs; i++) {
                    long began = Clock.system().monotonicNanos();
                    var report = FullReport.of(subject, page.url(), "yes");
                    took.add(FullReport.took(report));
                    unknown.add(FullReport.unknown(report));
                    whole.add((Clock.system().monotonicNanos() - began) / 1e6);
                    progress.accept((i + 1) + " of " + runs + " answered");
                }
            }
            subject.net().router().script(SILENCE);
            for (int i = 0; i < Math.min(runs, SILENT_RUNS); i++) {
                silent.add(FullReport.took(FullReport.of(subject, SILENT_PAGE, "unknown")));
            }
        }
        var answered = Spread.of(took);
        var nothing = Spread.of(silent);
        var open = Spread.of(unknown);
        return new Result(
                List.of(
                        new Figure("everything answers", "ms", answered, List.of(Target.median(answered, ANSWERED_MS))),
                        new Figure("findings that such a report cannot make", "", open, List.of(Target.worst(open, 0))),
                        Figure.shown("the whole command, with the start of its JVM", "ms", Spread.of(whole)),
                        new Figure("nothing answers", "ms", nothing, List.of(Target.worst(nothing, SILENT_MS)))),
                List.of("as the report says it took; IPv4"));
    }
}
