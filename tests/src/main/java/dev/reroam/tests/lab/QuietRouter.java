package dev.reroam.tests.lab;

import dev.reroam.linux.libc.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs in which nothing may be touched but what is broken. */
public final class QuietRouter {

    private static final Duration BETWEEN_SWAPS = Duration.ofMillis(250);
    /** A flapping path is followed after 10 s at most; WireGuard's passive keepalive then takes 10 s to prove it. */
    private static final Duration SETTLED = Duration.ofSeconds(40);
    /** A refresh's time and a rebind's, for a peer that answers nothing. */
    private static final Duration LADDER_DONE = Duration.ofSeconds(40);

    private QuietRouter() {}

    /**
     * What came of a run.
     *
     * @param before port, mark and keepalives before it
     * @param after the same at its end
     * @param steps what the agent did and saw, in words
     * @param states how each tunnel stood at the end, by the peer's public key
     * @param sentBytes by the same
     */
    public record Report(
            List<String> before,
            List<String> after,
            List<String> steps,
            Map<String, String> states,
            Map<String, Long> sentBytes,
            Hub hub) {}

    /** A tunnel without inner traffic whose far side answers no ping; the default route is swapped to and fro. */
    public static Report swapRoutes(Plan plan, Remedy remedy, int swaps) {
        try (var belongings = Belongings.open();
                var net = Topology.make(plan, belongings)) {
            greet(net);
            net.far().script("iptables -A INPUT -i " + net.tunnel().farDevice() + " -p icmp -j DROP");
            try (var running = remedy.start(net)) {
                var before = settings(net);
                long startedAt = now();
                for (int i = 0; i < swaps; i++) {
                    net.ip().settled("route replace " + net.defaultRoute(i % 2 == 0 ? 2 : 1));
                    Pause.of(BETWEEN_SWAPS);
                }
                Pause.until(SETTLED, () -> !running.states().containsValue("recovering"));
                return report(net, running, before, startedAt, new Hub("", "", List.of()));
            }
        }
    }

    /** A device with many peers; the default route moves once, for good. */
    public static Report moveHub(Plan plan, Remedy remedy, int away) {
        try (var belongings = Belongings.open();
                var net = Topology.make(plan, belongings)) {
            greet(net);
            var hub = Hub.make(net, away);
            try (var running = remedy.start(net)) {
                var before = settings(net);
                long startedAt = now();
                net.ip().settled("route replace " + net.defaultRoute(2));
                Pause.until(
                        LADDER_DONE,
                        () -> "waiting_for_the_peer".equals(running.states().get(hub.filtered())));
                return report(net, running, before, startedAt, hub);
            }
        }
    }

    private static long now() {
        return Clock.system().realtimeNanos();
    }

    private static void greet(Topology net) {
        net.router().run("ping", "-c", "1", "-W", "8", net.tunnel().farInner());
    }

    private static Report report(Topology net, Remedy.Running running, List<String> before, long startedAt, Hub hub) {
        var steps = running.timeline(Moments.of(startedAt, startedAt)).stream()
                .map(Remedy.TimelineEntry::what)
                .toList();
        return new Report(before, settings(net), steps, running.states(), sent(net), hub);
    }

    /** Port, mark, and each peer's keepalive: what no repair may change. wireguard-go lists peers in any order. */
    private static List<String> settings(Topology net) {
        return net.router()
                .script(Template.fill(
                        "wg show %1$s listen-port; wg show %1$s fwmark; wg show %1$s persistent-keepalive",
                        net.tunnel().device()))
                .lines()
                .sorted()
                .toList();
    }

    private static Map<String, Long> sent(Topology net) {
        var sent = new TreeMap<String, Long>();
        net.router()
                .run("wg", "show", net.tunnel().device(), "transfer")
                .lines()
                .map(line -> line.split("\t"))
                .forEach(words -> sent.put(words[0], Long.parseLong(words[2])));
        return sent;
    }
}
