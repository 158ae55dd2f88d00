package dev.reroam.tests.bench;

import com.google.gson.JsonParser;
import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.FakeTailscaled;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Moments;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.SilentFaults;
import dev.reroam.tests.lab.TailscaleBed;
import dev.reroam.tests.lab.Topology;
import dev.reroam.tunnel.tailscale.NodeStatus;
import dev.reroam.tunnel.tailscale.StatusReader;
import java.io.IOException;
import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A tailscaled whose way out changes, seen and unseen; the daemon is the lab's, and does what the real one does. */
final class TailscaleBench implements Bench {

    private static final int CHANGES = 10;
    private static final int SILENCES = 5;
    private static final int READINGS = 200;
    private static final int PEERS = 500;
    private static final double REBIND_MS = 5;
    private static final double REDIAL_MS = 1_500;
    private static final double READ_MS = 20;
    private static final double READ_MIB = 2;
    private static final Duration BETWEEN = Duration.ofSeconds(5);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final double MIB = 1 << 20;

    @Override
    public String name() {
        return "tailscale";
    }

    @Override
    public String about() {
        return "a Tailscale node: from a change, or from its detection, to what tailscaled is told and to its new control"
                + " connection; bed 1, a fake tailscaled with real sockets";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        var rebinds = new ArrayList<Double>();
        var redials = new ArrayList<Double>();
        var again = new ArrayList<Double>();
        for (int i = 0; i < options.samples().orElse(CHANGES); i++) {
            changes(rebinds, redials, again);
            progress.accept("changes " + (i + 1));
        }
        var unseen = new ArrayList<Double>();
        for (int i = 0; i < options.samples().orElse(SILENCES); i++) {
            unseen.add(silence());
            progress.accept("silences " + (i + 1));
        }
        var read = readings();
        return new Result(
                List.of(
                        figure("told rebind, after a change that is seen", "ms", rebinds, REBIND_MS),
                        figure("in map poll again, after it", "ms", redials, REDIAL_MS),
                        figure("in map poll again, after a second one 5 s later", "ms", again, REDIAL_MS),
                        figure("in map poll again, after a silent uplink was detected", "ms", unseen, REDIAL_MS),
                        figure("a status of 500 peers is read", "ms", read.millis(), READ_MS),
                        figure("what is kept of it", "MiB", read.kept(), READ_MIB)),
                List.of(
                        "seen: the default route is another uplink's; detected: the incident is opened",
                        "tailscaled alone hangs for as long as the kernel sends again, up to 15.4 minutes (net.ipv4.tcp_retries2)"));
    }

    private static Figure figure(String name, String unit, List<Double> values, double most) {
        var spread = Spread.of(values);
        return new Figure(name, unit, spread, List.of(Target.worst(spread, most)));
    }

    private interface Measurement {
        void make(Topology net, TailscaleBed bed, AgentHome home) throws IOException;
    }

    private static void onBed(Fault fault, String more, String config, Measurement measurement) {
        try (var belongings = Belongings.open()) {
            var net = Topology.make(fault.planned().apply(Plan.standard()), belongings);
            fault.prepare().accept(net);
            net.router().script(FakeTailscaled.RULES);
            try (var bed = TailscaleBed.begin(net, belongings)) {
                var agent = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
                var home = new AgentHome(net, net.router(), "node", agent);
                home.configure(config + "portmap.enabled = false\n[tailscale]\nsocket = \"" + bed.socket() + "\"\n");
                home.start();
                home.awaitStatus(
                        LIMIT,
                        status -> status.contains(more)
                                && status.contains("\"id\":\"tailscale/router\",\"state\":\"carrying\""));
                // What an agent does after its start, it does before the change.
                Pause.of(SETTLE);
                measurement.make(net, bed, home);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Two failovers, the second back to where it was. */
    private static void changes(List<Double> rebinds, List<Double> redials, List<Double> again) {
        onBed(SilentFaults.UPLINK_SILENT, "", "stun.servers = []\n", (net, bed, home) -> {
            long first = route(net, 2);
            bed.await(bed.polling(2), 1);
            rebinds.add(millis(first, bed.at("asked to rebind").getFirst()));
            redials.add(millis(first, bed.at(bed.polling(2)).getFirst()));
            Pause.of(BETWEEN);
            long second = route(net, 1);
            bed.await(bed.polling(1), 2);
            bed.await("asked to rebind", 2);
            rebinds.add(millis(second, bed.at("asked to rebind").get(1)));
            again.add(millis(second, bed.at(bed.polling(1)).get(1)));
        });
    }

    private static long route(Topology net, int uplink) {
        return net.ip().request("route replace " + net.defaultRoute(uplink));
    }

    private static double silence() {
        var took = new ArrayList<Double>();
        onBed(
                SilentFaults.UPLINK_SILENT_SERVERS,
                "\"nat_mapping\":\"endpoint_independent\"",
                "stun.interval_seconds = 5\nstun.servers = [\"11.0.9.1\", \"11.0.8.1\"]\n",
                (net, bed, home) -> {
                    Moments moments =
                            SilentFaults.UPLINK_SILENT_SERVERS.inject().apply(net);
                    bed.await(bed.polling(2), 1);
                    long polledAt = bed.at(bed.polling(2)).getFirst();
                    if (polledAt < moments.cutAt()) {
                        throw new IllegalStateException("it polled before the fault");
                    }
                    took.add(millis(openedAt(home), polledAt));
                });
        return took.getFirst();
    }

    private static long openedAt(AgentHome home) {
        var answer = home.ask("incidents/1");
        var incident = JsonParser.parseString(answer.substring(answer.indexOf("\r\n\r\n")))
                .getAsJsonObject();
        return Duration.ofMillis(incident.get("opened_unix_ms").getAsLong()).toNanos();
    }

    private static double millis(long from, long to) {
        return (to - from) / 1e6;
    }

    private record Readings(List<Double> millis, List<Double> kept) {}

    private static Readings readings() {
        String text = status();
        var millis = new ArrayList<Double>();
        for (int i = 0; i < 2 * READINGS; i++) {
            long began = Clock.system().monotonicNanos();
            read(text);
            long took = Clock.system().monotonicNanos() - began;
            // The first half warms up.
            if (i >= READINGS) {
                millis.add(took / 1e6);
            }
        }
        return new Readings(millis, List.of(kept(text)));
    }

    private static NodeStatus read(String text) {
        try {
            var status = StatusReader.read(new StringReader(text));
            if (status.peers().size() != PEERS) {
                throw new IllegalStateException("read " + status.peers().size() + " peers");
            }
            return status;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a hundred of them keep from the collector, a hundredth of it. */
    private static double kept(String text) {
        double before = used();
        var all = IntStream.range(0, 100).mapToObj(i -> read(text)).toList();
        double kept = (used() - before) / all.size() / MIB;
        // So that they live until here.
        return all.stream().allMatch(status -> status.peersLeftOut() == 0) ? kept : Double.NaN;
    }

    private static double used() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private static String status() {
        String peers = IntStream.range(0, PEERS).mapToObj(TailscaleBench::peer).collect(Collectors.joining(","));
        return "{\"Version\":\"1.98.10\",\"TUN\":true,\"BackendState\":\"Running\",\"Self\":{\"HostName\":\"router\","
                + "\"TailscaleIPs\":[\"100.64.0.1\",\"fd7a:115c:a1e0::1\"],\"Online\":true},\"Peer\":{" + peers + "}}";
    }

    /** As a real one says of each, with the fields that nobody reads. */
    private static String peer(int number) {
        return String.format(
                Locale.ROOT,
                "\"nodekey:%064x\":{\"ID\":\"n%dCNTRL\",\"PublicKey\":\"nodekey:%064x\",\"HostName\":\"host-%d\","
                        + "\"DNSName\":\"host-%d.example.ts.net.\",\"OS\":\"linux\",\"UserID\":%d,\"TailscaleIPs\":[\"100.64.%d.%d\","
                        + "\"fd7a:115c:a1e0::%x\"],\"AllowedIPs\":[\"100.64.%d.%d/32\",\"fd7a:115c:a1e0::%x/128\"],\"Addrs\":null,"
                        + "\"CurAddr\":\"203.0.113.7:%d\",\"Relay\":\"fra\",\"PeerRelay\":\"\",\"RxBytes\":%d,\"TxBytes\":%d,"
                        + "\"Created\":\"2024-05-06T07:08:09.123456789Z\",\"LastWrite\":\"2026-01-02T03:04:05.678901234Z\","
                        + "\"LastSeen\":\"0001-01-01T00:00:00Z\",\"LastHandshake\":\"2026-01-02T03:04:05.678901234Z\",\"Online\":true,"
                        + "\"ExitNode\":false,\"ExitNodeOption\":false,\"Active\":%b,\"PeerAPIURL\":[\"http://100.64.%d.%d:1234\"],"
                        + "\"TaildropTarget\":5,\"NoFileSharingReason\":\"\",\"InNetworkMap\":true,\"InMagicSock\":true,\"InEngine\":true}",
                number,
                number,
                number,
                number,
                number,
                number,
                number / 250,
                number % 250,
                number,
                number / 250,
                number % 250,
                number,
                40_000 + number,
                1_000_000L * number,
                2_000_000L * number,
                number % 10 == 0,
                number / 250,
                number % 250);
    }
}
