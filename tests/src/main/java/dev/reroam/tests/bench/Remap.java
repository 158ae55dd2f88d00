package dev.reroam.tests.bench;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import dev.reroam.tests.lab.gateway.FakeGateway;
import dev.reroam.tests.lab.gateway.Speech;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * From the request that makes the second uplink the default route to the mapping that its gateway grants. Where the uplink
 * stood by, the mapping is there already.
 */
final class Remap implements Bench {

    private static final int CHANGES = 20;
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofSeconds(30);
    // The brain holds the third change of a path within 10 s; and what an agent does after its start is no part of it.
    private static final Duration BETWEEN = Duration.ofSeconds(4);
    private static final Duration AFTER_STANDBY = Duration.ofMillis(500);
    private static final double DATAGRAMS_MS = 30;
    private static final double UPNP_MS = 150;
    private static final String STANDBY = " metric 20";

    @Override
    public String name() {
        return "remap";
    }

    @Override
    public String about() {
        return "from the request that makes another uplink the default route to the listen port's mapping at its gateway,"
                + " which speaks one protocol; bed 1";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        int changes = options.samples().orElse(CHANGES);
        var figures = new ArrayList<Figure>();
        for (var speech : Speech.values()) {
            var took = changes(speech, changes + 1);
            figures.add(Figure.shown(speech + ", the gateway is new", "ms", Spread.of(took.subList(0, 1))));
            var known = Spread.of(took.subList(1, took.size()));
            figures.add(new Figure(
                    speech + ", the gateway is known",
                    "ms",
                    known,
                    List.of(Target.worst(known, speech == Speech.UPNP ? UPNP_MS : DATAGRAMS_MS))));
            progress.accept(speech + " done");
        }
        var packets = Spread.of(standby(changes));
        figures.add(
                new Figure("questions to the gateway of a standby", "", packets, List.of(Target.worst(packets, 0))));
        return new Result(
                figures,
                List.of(
                        "the gateway is the lab's own, answers at once, and has forgotten everything before each change",
                        "new: the agent has just started, and asks what the gateway speaks; known: it left the uplink "
                                + BETWEEN.toSeconds() + " s ago",
                        "standby: what the gateway was asked within " + AFTER_STANDBY.toMillis()
                                + " ms of the change; its mapping was there before"));
    }

    /** One agent, whose second uplink comes and goes. */
    private static List<Double> changes(Speech speech, int changes) {
        try (var subject = Subject.start(speech, "")) {
            var took = new ArrayList<Double>();
            for (int i = 0; i < changes; i++) {
                subject.route(1);
                Pause.of(BETWEEN);
                // Whatever it still knows of the time before.
                subject.gateway.reboot();
                long asked = Clock.system().monotonicNanos();
                subject.route(2);
                Pause.until(LIMIT, () -> subject.grantedAt().isPresent());
                took.add(subject.grantedAt().map(at -> (at - asked) / 1e6).orElse(Double.POSITIVE_INFINITY));
            }
            return took;
        }
    }

    private static List<Double> standby(int changes) {
        var questions = new ArrayList<Double>();
        try (var subject = Subject.start(Speech.PCP, STANDBY)) {
            if (!Pause.until(START, () -> subject.grantedAt().isPresent())) {
                throw new IllegalStateException("a standby is not mapped: " + subject.described());
            }
            for (int i = 0; i < changes; i++) {
                subject.route(1);
                Pause.of(BETWEEN);
                int before = subject.gateway.heard().size();
                subject.route(2);
                Pause.of(AFTER_STANDBY);
                if (subject.grantedAt().isEmpty()) {
                    throw new IllegalStateException("a standby lost its mapping: " + subject.described());
                }
                questions.add((double) (subject.gateway.heard().size() - before));
            }
        }
        return questions;
    }

    /** A router with an agent, and a gateway at its second uplink. */
    private record Subject(Belongings belongings, Topology net, FakeGateway gateway, AgentHome home)
            implements AutoCloseable {

        /** @param standby the metric of a route over the second uplink that stays; nothing for none */
        static Subject start(Speech speech, String standby) {
            var belongings = Belongings.open();
            try {
                var net = Topology.make(Plan.standard(), belongings);
                var second = net.uplink(2);
                var gateway = FakeGateway.start(second.isp(), "cable", second.gateway(IpFamily.V4));
                gateway.change(ways -> {
                    ways.speaks.clear();
                    ways.speaks.add(speech);
                });
                // As for every standby: whatever watches it asks its gateway now and then.
                net.router().run("ping", "-c", "1", "-W", "2", second.gateway(IpFamily.V4));
                if (!standby.isEmpty()) {
                    net.ip().settled("route add " + net.defaultRoute(2) + standby);
                }
                net.tunnel().awaitHandshake();
                var agent = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
                var home = new AgentHome(net, net.router(), "agent", agent);
                home.configure("stun.servers = []\n");
                home.start();
                return new Subject(belongings, net, gateway, home);
            } catch (RuntimeException e) {
                belongings.close();
                throw e;
            }
        }

        void route(int uplink) {
            net.ip().request("route replace " + net.defaultRoute(uplink));
        }

        Optional<Long> grantedAt() {
            return gateway.grantedAt(net.tunnel().routerPort());
        }

        String described() {
            return gateway.table() + " " + gateway.heard() + "\n" + home.log();
        }

        @Override
        public void close() {
            gateway.close();
            belongings.close();
        }
    }
}
