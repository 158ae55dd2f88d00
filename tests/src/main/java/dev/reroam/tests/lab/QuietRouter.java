package dev.reroam.tests.lab;

import dev.reroam.linux.libc.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Runs in which nothing may be touched but what is broken. */
public final class QuietRouter {

    private static final Duration BETWEEN_SWAPS = Duration.ofMillis(250);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    /** A flapping path is followed after 10 s at most; WireGuard's passive keepalive then takes 10 s to prove it. */
    private static final Duration SETTLED = Duration.ofSeconds(40);
    /** A refresh's time and a rebind's, for a peer that answers nothing. */
    private static final Duration LADDER_DONE = Duration.ofSeconds(40);

    private static final Hub NO_HUB = new Hub("", "", List.of());
    // A rung that is passed over says what it "needs".
    private static final List<String> DISRUPTIVE =
            List.of("rebind", "new port", "steer ", "source port", "restart owner");
    private static final Predicate<String> REOPENS =
            step -> DISRUPTIVE.stream().anyMatch(step::startsWith) && !step.contains(" needs: ");

    private static final String[] OTHER_THINGS = {
        "address add 192.168.78.1/24 dev lan",
        "route add 203.0.113.0/24 via 192.168.77.10",
        "route add 198.51.100.0/24 dev wan2 metric 50",
        "route add blackhole 192.0.2.0/24 table 99",
        "rule add preference 900 from 192.168.77.10 lookup 99",
        "link add other type bridge",
        "link set dev other up"
    };
    private static final String[] CHANGED_BACK = {
        "link delete dev other",
        "rule delete preference 900",
        "route delete blackhole 192.0.2.0/24 table 99",
        "route delete 198.51.100.0/24 dev wan2 metric 50",
        "route delete 203.0.113.0/24 via 192.168.77.10",
        "address delete 192.168.78.1/24 dev lan"
    };

    private QuietRouter() {}

    /**
     * What came of a run.
     *
     * @param before port, mark and keepalives before it
     * @param after the same at its end
     * @param steps what the agent did and saw, in words
     * @param states how each tunnel stood at the end, by the peer's public key
     * @param sentBytes by the same
     * @param touched what was changed or done that may not be, in words
     */
    public record Report(
            List<String> before,
            List<String> after,
            List<String> steps,
            Map<String, String> states,
            Map<String, Long> sentBytes,
            Hub hub,
            List<String> touched) {}

    /** A tunnel without inner traffic whose far side answers no ping; the default route is swapped to and fro. */
    public static Report swapRoutes(Plan plan, Remedy remedy, int swaps) {
        return swapRoutes(plan, net -> {}, remedy, swaps);
    }

    /** The same where the router's allowed IPs are subnets only: they name no address that could be asked. */
    public static Report swapRoutesOfSubnets(Plan plan, Remedy remedy, int swaps) {
        return swapRoutes(plan, net -> net.tunnel().allowOnlySubnets(), remedy, swaps);
    }

    private static Report swapRoutes(Plan plan, Consumer<Topology> prepare, Remedy remedy, int swaps) {
        try (var belongings = Belongings.open();
                var net = Topology.make(plan, belongings)) {
            greet(net);
            prepare.accept(net);
            net.far()
                    .script(Template.fill(
                            "iptables -A INPUT -i %1$s -p icmp -j DROP; ip6tables -A INPUT -i %1$s -p icmpv6 -j DROP",
                            net.tunnel().farDevice()));
            try (var running = remedy.start(net)) {
                var before = Before.of(net);
                for (int i = 0; i < swaps; i++) {
                    net.ip().settled("route replace " + net.defaultRoute(i % 2 == 0 ? 2 : 1));
                    Pause.of(BETWEEN_SWAPS);
                }
                settled(SETTLED, () -> !running.states().containsValue("recovering"));
                return report(net, running, before, NO_HUB, REOPENS, List.of());
            }
        }
    }

    /** A tunnel that carries, on a router in which much changes that is not its business, and is changed back. */
    public static Report changeOtherThings(Plan plan, Remedy remedy, int rounds) {
        try (var belongings = Belongings.open();
                var net = Topology.make(plan, belongings)) {
            greet(net);
            try (var running = remedy.start(net);
                    var echoes = EchoStream.start(net.far(), net.carried().routerInner(), Clock.system())) {
                echoes.await(echo -> true, SETTLED);
                var before = Before.of(net);
                for (int i = 0; i < rounds; i++) {
                    net.router().ip().settled(OTHER_THINGS);
                    Pause.of(BETWEEN_SWAPS);
                    net.router().ip().settled(CHANGED_BACK);
                    Pause.of(BETWEEN_SWAPS);
                }
                return report(net, running, before, NO_HUB, step -> true, List.of());
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
                var before = Before.of(net);
                net.ip().settled("route replace " + net.defaultRoute(2));
                settled(
                        LADDER_DONE,
                        () -> "waiting_for_the_peer".equals(running.states().get(hub.filtered())));
                var family = net.isV4() ? "4 " : "6 ";
                return report(
                        net,
                        running,
                        before,
                        hub,
                        REOPENS,
                        List.of("- route " + family + net.defaultRoute(1), "+ route " + family + net.defaultRoute(2)));
            }
        }
    }

    /** Looks seldom: each look is a question to the agent, and in the guest it costs both of them a processor. */
    private static void settled(Duration limit, BooleanSupplier condition) {
        long looks = limit.dividedBy(BETWEEN_LOOKS);
        for (long i = 0; i < looks && !condition.getAsBoolean(); i++) {
            Pause.of(BETWEEN_LOOKS);
        }
    }

    private static void greet(Topology net) {
        net.router().run("ping", "-c", "1", "-W", "8", net.tunnel().farInner());
    }

    /** How it all stood before. */
    private record Before(List<String> settings, RouterState router, String number, long at) {

        static Before of(Topology net) {
            return new Before(
                    QuietRouter.settings(net),
                    RouterState.of(net),
                    numberOf(net),
                    Clock.system().realtimeNanos());
        }
    }

    // Another number is another interface, and wireguard-go's lives as long as its process.
    private static String numberOf(Topology net) {
        return net.router()
                .run("ip", "-oneline", "link", "show", "dev", net.tunnel().device())
                .split(":", 2)[0];
    }

    private static Report report(
            Topology net,
            Remedy.Running running,
            Before before,
            Hub hub,
            Predicate<String> forbidden,
            List<String> ownChanges) {
        var steps = running.timeline(Moments.of(before.at(), before.at())).stream()
                .map(Remedy.TimelineEntry::what)
                .toList();
        var states = running.states();
        var sent = sent(net);
        var touched = new ArrayList<>(RouterState.of(net).differencesFrom(before.router()));
        touched.removeAll(ownChanges);
        if (!numberOf(net).equals(before.number())) {
            touched.add("the tunnel's interface was made anew");
        }
        steps.stream().filter(forbidden).forEach(touched::add);
        states.forEach((peer, state) -> {
            if (state.equals("needs_a_person")) {
                touched.add("needs a person: " + peer);
            }
        });
        hub.away().stream()
                .filter(peer -> sent.getOrDefault(peer, 0L) > 0)
                .forEach(peer -> touched.add("something was sent to a peer that is away: " + peer));
        return new Report(before.settings(), settings(net), steps, states, sent, hub, List.copyOf(touched));
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
